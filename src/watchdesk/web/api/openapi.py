"""The description of the API (OpenAPI 3.1), made from what its operations declare."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watchdesk import __version__
from watchdesk.config.described_schema import described_schema
from watchdesk.doors import made_once_each
from watchdesk.web.routes import API, Operation

PROBLEM = "application/problem+json"
_STATUSES = {
    "400": "The parameters are not as described here",
    "401": "The token is missing or wrong",
    "404": "There is no such thing",
    "409": "It has changed meanwhile, so that this cannot be done",
    "429": "There were too many wrong tokens",
    "503": "The database cannot be used, or there is too much to do",
}
_OF_POST = {
    "403": "What changes something needs a token",
    "413": "The body is too large",
    "415": "The body is not JSON",
    "422": "The body is not as described here",
}


@dataclass
class Problem:
    """An error (RFC 9457)."""

    type: str
    title: str
    """The status in words."""
    status: int
    detail: str
    """What is wrong, in a sentence."""
    to_do: str | None = None
    """What helps."""


def at(public: str | None) -> list[dict[str, str]]:
    """The `servers` of the description: where the desk is reached, if that is not the root of its host."""
    return [{"url": public.rstrip("/") if public else "/"}]


@made_once_each
def openapi(operations: tuple[Operation, ...]) -> dict[str, Any]:
    """The whole description, but for where the desk is reached; made once, for it takes long."""
    schemas: dict[str, Any] = {}
    problem = _schema(Problem, schemas)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        path = API + re.sub(r"\{(\w+):\w+\}", r"{\1}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation, path, schemas, problem)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "watchdesk",
            "version": __version__,
            "description": "The same documents as `--json` on the command line. Times are ISO 8601, in UTC.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}, {}],
    }


def _operation(
    operation: Operation, path: str, schemas: dict[str, Any], problem: Mapping[str, Any]
) -> dict[str, Any]:
    statuses = _STATUSES | (_OF_POST if operation.method == "POST" else {})
    refused = {"content": {PROBLEM: {"schema": problem}}}
    ok: dict[str, Any] = {
        "description": operation.summary,
        "content": {"application/json": {"schema": _schema(operation.document, schemas)}},
    }
    if operation.method == "GET":
        ok["headers"] = {"ETag": {"schema": {"type": "string"}}}
    said: dict[str, Any] = {
        "operationId": _name(operation),
        "summary": operation.summary,
        "responses": {
            "200": ok,
            **{status: {"description": what, **refused} for status, what in statuses.items()},
        },
    }
    if operation.parameters:
        said["parameters"] = _parameters(operation.parameters, path, schemas)
    if operation.body:
        content = {"application/json": {"schema": _schema(operation.body, schemas, is_closed=True)}}
        said["requestBody"] = {"required": True, "content": content}
    if operation.changes:
        said["security"] = [{"token": []}]
    return said


def _name(operation: Operation) -> str:
    """`get-sources-id`."""
    return operation.method.lower() + re.sub(r"[^a-z0-9]+", "-", operation.path.lower()).rstrip("-")


def _parameters(kind: Any, path: str, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    declared = _inline(kind, schemas)
    required = declared.get("required", ())
    found = []
    for name, schema in declared["properties"].items():
        in_path = f"{{{name}}}" in path
        described = {"description": schema.pop("description")} if "description" in schema else {}
        place = "path" if in_path else "query"
        is_required = in_path or name in required
        found.append({"name": name, "in": place, "required": is_required, "schema": schema, **described})
    return found


def _schema(kind: Any, schemas: dict[str, Any], *, is_closed: bool = False) -> dict[str, Any]:
    """A reference to the type's schema, which is put among the components under its name.

    `is_closed`: fields that it does not name are refused.
    """
    declared = _inline(kind, schemas)
    if is_closed:
        declared["additionalProperties"] = False
    name = declared.get("title")
    if not name or declared.get("type") != "object":
        return declared
    _put(schemas, name, declared)
    return {"$ref": f"#/components/schemas/{name}"}


def _inline(kind: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    declared: dict[str, Any] = _pointed(described_schema(kind))
    for name, schema in declared.pop("$defs", {}).items():
        _put(schemas, name, schema)
    return declared


def _put(schemas: dict[str, Any], name: str, schema: Any) -> None:
    if schemas.setdefault(name, schema) != schema:
        raise AssertionError(f"two types of documents are called {name}: rename one")


def _pointed(schema: Any) -> Any:
    """With each reference into the document of the API instead of into a schema of its own."""
    if isinstance(schema, dict):
        return {
            key: value.replace("#/$defs/", "#/components/schemas/")
            if key == "$ref" and isinstance(value, str)
            else _pointed(value)
            for key, value in schema.items()
        }
    return [_pointed(one) for one in schema] if isinstance(schema, list) else schema
