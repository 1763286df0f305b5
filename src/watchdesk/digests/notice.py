"""A notice to the operators, in the three forms that channels send."""

import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from watchdesk.digests.render import html_of
from watchdesk.digests.text import WIDTH
from watchdesk.model import Rendered, Trouble

_FOOT = "Each of these is told once for as long as it lasts. What needs a person now: watchdesk status"


class TroubleDocument(BaseModel):
    """A trouble of the service."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    cause: str
    """Stays the same for as long as the trouble lasts."""
    sentence: str
    """What happened, and what to do."""


class NoticeDocument(BaseModel):
    """What a webhook is sent for the operators."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    version: Literal[1] = 1
    kind: Literal["notice"] = "notice"
    subject: str
    composed_at: str
    """UTC, ISO 8601."""
    troubles: list[TroubleDocument]


def render_notice(troubles: Sequence[Trouble], now: datetime, timezone: ZoneInfo) -> Rendered:
    """Subject, HTML, text and JSON of what the operators have not been told yet; in English."""
    subject = _subject(troubles)
    date = f"{now.astimezone(timezone):%A, %d %B %Y, %H:%M}"
    document = NoticeDocument(
        subject=subject,
        composed_at=now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        troubles=[TroubleDocument(cause=t.cause, sentence=t.sentence) for t in troubles],
    )
    html = html_of("notice.html.j2", subject=subject, date=date, foot=_FOOT, troubles=troubles)
    return Rendered(subject, html, _text(subject, date, troubles), document.model_dump_json(indent=2))


def notice_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the document."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **NoticeDocument.model_json_schema()}


def _subject(troubles: Sequence[Trouble]) -> str:
    if len(troubles) == 1:
        first = textwrap.shorten(troubles[0].sentence, 90, placeholder=" …")
        return f"watchdesk needs you: {first}"
    return f"watchdesk needs you: {len(troubles)} troubles"


def _text(subject: str, date: str, troubles: Sequence[Trouble]) -> str:
    lines = [*textwrap.wrap(subject, WIDTH), date, ""]
    for trouble in troubles:
        lines += textwrap.wrap(
            trouble.sentence,
            WIDTH,
            initial_indent="- ",
            subsequent_indent="  ",
            break_on_hyphens=False,
            break_long_words=False,
        )
        lines.append("")
    return "\n".join([*lines, "-" * WIDTH, *textwrap.wrap(_FOOT, WIDTH)]) + "\n"
