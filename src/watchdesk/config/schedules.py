"""When a digest goes out, as people write it: `once`, five fields of a crontab, or `{spike: 4x}`."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from watchdesk.config.cron import CronSchedule


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
