"""What a digest asks of a story, `only: {sources: ">= 3"}`, as a type that pydantic checks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_EXAMPLE = 'write it as only: {sources: ">= 3"}'
_AT_LEAST = re.compile(r">=\s*(\d{1,3})")


@dataclass(frozen=True, slots=True)
class StoryCondition:
    """What a story must be for a digest to show it."""

    sources: int
    """How many sources tell it, at least."""


def parse_only(value: object) -> StoryCondition | None:
    """`{sources: ">= 3"}`, or null for none. Raises `ValueError`."""
    if value is None or isinstance(value, StoryCondition):
        return value
    if not isinstance(value, Mapping) or list(value) != ["sources"]:
        raise ValueError(f"a story is asked for the number of its sources; {_EXAMPLE}")
    found = _AT_LEAST.fullmatch(str(value["sources"]).strip())
    if not found:
        raise ValueError(f"'{value['sources']}' is no number of sources; {_EXAMPLE}, with the quotes")
    if int(found[1]) < 2:
        raise ValueError("every story has one source: ask for \">= 2\" or more, or leave 'only' out")
    return StoryCondition(int(found[1]))


def _written(condition: StoryCondition | None) -> dict[str, str] | None:
    return {"sources": f">= {condition.sources}"} if condition else None


Only = Annotated[
    StoryCondition,
    BeforeValidator(parse_only),
    PlainSerializer(_written),
    WithJsonSchema(
        {
            "type": "object",
            "properties": {
                "sources": {
                    "type": "string",
                    "pattern": r"^\s*>=\s*0*([2-9]|[1-9]\d{1,2})\s*$",
                    "description": ">= 3",
                }
            },
            "required": ["sources"],
            "additionalProperties": False,
        }
    ),
]
