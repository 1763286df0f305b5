"""`articles.keep`: how long articles are kept, and how large the database may become."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, InstanceOf, PlainSerializer, WithJsonSchema

from watchdesk.config.values import duration_text, parse_period, parse_size, size_text
from watchdesk.config.written_forms import DURATION_PATTERN

_KEYS = ("age", "size")


@dataclass(frozen=True, slots=True)
class Keep:
    """What is older goes, and while the database is larger, the oldest articles go before."""

    age: timedelta = timedelta(days=180)
    size: int | None = None
    """Bytes in use; None: as many as it takes."""


KEPT = Keep()
"""Where nothing else is said."""


def parse_keep(value: object) -> Keep:
    """`180d`, or `{age: 180d, size: 20GB}` with one or both. Raises `ValueError`."""
    if isinstance(value, Keep):
        return value
    if not isinstance(value, dict):
        return Keep(parse_period(value))
    for key in value:
        if key not in _KEYS:
            raise ValueError(f"'{key}' is not one of its keys, which are age and size")
    if not value:
        raise ValueError("it says neither an age nor a size; write it as 180d or {age: 180d, size: 20GB}")
    age = parse_period(value["age"]) if value.get("age") is not None else KEPT.age
    return Keep(age, parse_size(value["size"]) if value.get("size") is not None else None)


def keep_text(keep: Keep) -> object:
    """As files have it."""
    if keep.size is None:
        return duration_text(keep.age)
    return {"age": duration_text(keep.age), "size": size_text(keep.size)}


KeepOption = Annotated[
    InstanceOf[Keep],
    BeforeValidator(parse_keep),
    PlainSerializer(keep_text),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": DURATION_PATTERN},
                {
                    "type": "object",
                    "properties": {
                        "age": {"type": "string", "pattern": DURATION_PATTERN},
                        "size": {"type": "string", "pattern": r"^\d+(\.\d+)?\s*[kKmMgG]?i?[bB]$"},
                    },
                    "additionalProperties": False,
                    "minProperties": 1,
                },
            ]
        }
    ),
]
