"""Reads the parameters and bodies of operations, by the types that they declare."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from watchdesk.config.places import did_you_mean
from watchdesk.doors import made_once_each
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
    known = {field.name for field in fields(operation.parameters)} if operation.parameters else set()
    for name in query:
        if name not in known - path.keys():
            raise _unknown(name, sorted(known - path.keys()), "parameter", 400)
    return read_given(operation.parameters, {**query, **path}, 400) if operation.parameters else None


def read_body(operation: Operation, body: object) -> Any:
    """The body as the operation declares it. Raises `Refusal`."""
    if isinstance(body, Mapping) and operation.body:
        known = sorted(field.name for field in fields(operation.body))
        for name in body:
            if name not in known:
                raise _unknown(str(name), known, "field", 422)
    return read_given(operation.body, body, 422)


def read_given(kind: Any, value: object, status: int) -> Any:
    """A value of a declared type. Raises `Refusal` with this status, and what is wrong with which field."""
    try:
        return adapter(kind).validate_python(value)
    except ValidationError as error:
        said = [
            f"{'.'.join(map(str, one['loc'])) or 'the body'}: {_said(one['type'], one['msg'])}"
            for one in error.errors(include_url=False)[:5]
        ]
        raise Refusal(status, "; ".join(said)) from None


def _unknown(name: str, known: Sequence[str], noun: str, status: int) -> Refusal:
    """What was written would count for nothing, and its writer would not hear of it."""
    if not known:
        return Refusal(status, f"This takes no {noun} '{name}', nor any other.")
    hint = did_you_mean(name, known)
    taken = ", ".join(f"'{one}'" for one in known)
    return Refusal(
        status,
        f"This takes no {noun} '{name}'; {hint}" if hint else f"This takes no {noun} '{name}'.",
        to_do=f"It takes {taken}.",
    )


def _said(kind: str, message: str) -> str:
    """Without the names of our own types."""
    return "a JSON object is wanted" if kind == "dataclass_type" else message


@made_once_each
def adapter(kind: Any) -> TypeAdapter[Any]:
    """Of a declared type; made once."""
    return TypeAdapter(kind)
