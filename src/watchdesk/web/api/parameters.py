"""Reads the parameters and bodies of operations, by the types that they declare."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from watchdesk.web.asked import LARGEST_NUMBER, Refusal
from watchdesk.web.routes import Operation

Limit = Annotated[int, Field(ge=1, le=500)]
"""How many rows a list has at most."""

Number = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]
"""Of an article or a story."""

Cursor = Annotated[str, Field(pattern=r"^[0-9]{1,17}\.[A-Za-z0-9_-]{1,100}$")]
"""Where a list goes on: the `next` of the one before."""


@dataclass(frozen=True, slots=True)
class ById:
    """Parameters of an operation on one thing."""

    id: str


def read_parameters(operation: Operation, path: Mapping[str, object], query: Mapping[str, str]) -> Any:
    """The operation's parameters; None where it has none. Raises `Refusal` for what they do not take."""
    if operation.parameters is None:
        if query:
            raise Refusal(400, f"This takes no parameter '{next(iter(query))}'.")
        return None
    return _read(operation.parameters, {**query, **path}, 400)


def read_body(operation: Operation, body: object) -> Any:
    """The body as the operation declares it. Raises `Refusal`."""
    return _read(operation.body, body, 422)


def _read(kind: Any, value: object, status: int) -> Any:
    try:
        return adapter(kind).validate_python(value)
    except ValidationError as error:
        said = [
            f"{'.'.join(map(str, one['loc'])) or 'the body'}: {one['msg']}"
            for one in error.errors(include_url=False)[:5]
        ]
        raise Refusal(status, "; ".join(said)) from None


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """Of a declared type; made once."""
    return TypeAdapter(kind)
