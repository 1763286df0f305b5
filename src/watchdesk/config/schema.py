"""JSON Schema (draft 2020-12) of the files, for editors that complete and check YAML."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, get_type_hints

from pydantic import BaseModel, TypeAdapter

from watchdesk.config.channels import short_for
from watchdesk.config.described_schema import described_schema
from watchdesk.config.settings import ArticleSettings, ChannelShape, DigestShape, PollingSettings, TopShape
from watchdesk.config.shapes import HeartbeatShape, OperatorsShape, SourceShape
from watchdesk.config.web import WebSettings

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def settings_schema(channel_kinds: Mapping[str, type[BaseModel]]) -> dict[str, Any]:
    """Of watchdesk.yaml."""
    definitions: dict[str, Any] = {}
    properties = dict(_declared(TopShape, definitions)["properties"])
    properties["polling"] = _declared(PollingSettings, definitions)
    properties["articles"] = _declared(ArticleSettings, definitions)
    properties["operators"] = _of(OperatorsShape, definitions)
    properties["heartbeat"] = _of(HeartbeatShape, definitions) | {"type": ["object", "null"]}
    properties["web"] = _declared(WebSettings, definitions) | {"type": ["object", "null"]}
    kinds = {kind: _options(model, definitions) for kind, model in channel_kinds.items()}
    properties["channels"] = _names_to(
        {
            "type": "object",
            "properties": {**kinds, **_declared(ChannelShape, definitions)["properties"]},
            "additionalProperties": False,
            "oneOf": [{"required": [kind]} for kind in kinds],
        }
    )
    properties["digests"] = _names_to(_declared(DigestShape, definitions))
    return _file("watchdesk.yaml", properties, definitions)


def sources_schema() -> dict[str, Any]:
    """Of sources.yaml."""
    definitions: dict[str, Any] = {}
    return _file("sources.yaml", {"sources": _names_to(_of(SourceShape, definitions))}, definitions)


def _declared(settings: type[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Of settings, with each default as the file has it: `15m`, `10MB`, `refuse`."""
    schema = _of(settings, definitions)
    types = get_type_hints(settings, include_extras=True)
    for key in fields(settings):
        if key.default is not MISSING:
            written = TypeAdapter(types[key.name]).dump_python(key.default, mode="json")
            schema["properties"][key.name]["default"] = written
    return schema


def _of(model: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    schema = described_schema(model)
    definitions.update(schema.pop("$defs", {}))
    return schema


def _options(model: type[BaseModel], definitions: dict[str, Any]) -> dict[str, Any]:
    schema = _of(model, definitions)
    short = short_for(model)
    return {"anyOf": [schema["properties"][short], schema]} if short else schema


def _names_to(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": ["object", "null"],
        "additionalProperties": schema,
        "propertyNames": {"pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
    }


def _file(title: str, properties: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    return {
        "$schema": DIALECT,
        "title": title,
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"$defs": definitions} if definitions else {}),
    }
