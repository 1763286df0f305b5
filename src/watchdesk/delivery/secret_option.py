"""A secret among a channel's options: `{credential: NAME}`, `{env: NAME}`, `{file: PATH}`, or plain text."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from watchdesk.config.secrets import Secret

_KINDS = ("credential", "env", "file")


def _read(value: object) -> Secret:
    match value:
        case Secret():
            return value
        case str() if value:
            return Secret("plain", value)
        case Mapping() if len(value) == 1:
            [(kind, where)] = value.items()
            if kind in _KINDS and isinstance(where, str) and where:
                return Secret(kind, where)
    raise ValueError("a secret is {credential: NAME}, {env: NAME} or {file: PATH}")


def _schema() -> dict[str, object]:
    places = [
        {
            "type": "object",
            "properties": {kind: {"type": "string"}},
            "required": [kind],
            "additionalProperties": False,
        }
        for kind in _KINDS
    ]
    return {"anyOf": [*places, {"type": "string"}]}


SecretOption = Annotated[Secret, BeforeValidator(_read), WithJsonSchema(_schema())]
