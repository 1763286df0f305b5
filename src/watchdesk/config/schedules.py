"""When a digest goes out and when it does not, as people write it, as types that pydantic checks.

`at` is `once`, five fields of a crontab, or `{spike: 4x}`; `gather` and `quiet` hold back what goes out at
once. `digests.due` decides whether a digest is due.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, PlainValidator, WithJsonSchema

from watchdesk.config.cron import CronSchedule
from watchdesk.config.values import duration_text, parse_clock, parse_duration
from watchdesk.config.written_forms import DURATION_PATTERN


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A span of local time, over midnight when `start` is after `end`."""

    start: time
    end: time


def parse_schedule(value: object) -> str | float:
    """`once`, crontab(5), or `{spike: 4x}`, which is the number. Raises `ValueError`."""
    if isinstance(value, Mapping):
        return _spike(value)
    text = str(value).strip()
    if text != "once":
        _parse_cron(text)
    return text


def _parse_cron(text: str) -> None:
    try:
        CronSchedule.parse(text)
    except ValueError as error:
        example = '; each day at seven is "0 7 * * *"' if len(text.split()) != 5 else ""
        raise ValueError(f"{error}{example}") from None


def _spike(value: Mapping[object, object]) -> float:
    if list(value) != ["spike"]:
        raise ValueError("a digest goes out at a time, at: once, or at: {spike: 4x}")
    found = re.fullmatch(r"(\d{1,4}(?:\.\d+)?)\s*[x×]?", str(value["spike"]).strip().lower())
    factor = float(found[1]) if found else 0.0
    if factor <= 1:
        raise ValueError(f"'{value['spike']}' is not how many times the usual; write it as 4x")
    return factor


def parse_quiet(value: object) -> QuietHours:
    """`22:00-06:00`. Raises `ValueError`."""
    start, dash, end = str(value).partition("-")
    if not dash or parse_clock(start) == parse_clock(end):
        raise ValueError(f"'{value}' is not a span of the day; write it as 22:00-06:00")
    return QuietHours(parse_clock(start), parse_clock(end))


def parse_gather(value: object) -> timedelta:
    """A length of time, or null for none. Raises `ValueError`."""
    return timedelta(0) if value is None else parse_duration(value)


Schedule = Annotated[
    str | float,
    BeforeValidator(parse_schedule),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {
                    "type": "object",
                    "properties": {"spike": {"type": ["string", "number"], "description": "4x"}},
                    "required": ["spike"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]
Quiet = Annotated[QuietHours, PlainValidator(parse_quiet), WithJsonSchema({"type": "string"})]
Gather = Annotated[
    timedelta,
    BeforeValidator(parse_gather),
    PlainSerializer(lambda wait: duration_text(wait) if wait else None),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": DURATION_PATTERN}, {"type": "null"}]}),
]
