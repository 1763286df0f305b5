"""Renders a notice to the operators in the three forms that channels send."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from watchdesk.config.described_schema import described_schema
from watchdesk.digests.rendering.columns import WIDTH, wrapped
from watchdesk.digests.rendering.desk_templates import Templates
from watchdesk.digests.rendering.phrases import Phrases
from watchdesk.digests.rendering.render import Forms, Rendering, html_of
from watchdesk.digests.rendering.sanitising import plain
from watchdesk.digests.rendering.size_limit import LARGEST
from watchdesk.digests.rendering.view import NoticeView
from watchdesk.encoding.display import encodable, shortened
from watchdesk.model import Rendered, Trouble

_TITLE = "watchdesk needs you"
_FOOT = "Each of these is reported once while it lasts. To see what needs a person now: watchdesk status"
_LONGEST_SUBJECT = 90
_LONGEST_SENTENCE = 2000
_MOST = 40
_ELSEWHERE = (
    "And {} more. watchdesk sources shows every source, watchdesk deliveries --state dead what could not be "
    "sent, watchdesk status the rest."
)


class TroubleDocument(BaseModel):
    """A trouble of the service."""

    cause: str
    """Stays the same for as long as the trouble lasts."""
    sentence: str
    """What happened, and what to do."""


class NoticeDocument(BaseModel):
    """What a webhook is sent for the operators."""

    version: Literal[1] = 1
    type: Literal["notice"] = "notice"
    subject: str
    composed_at: str
    """UTC, ISO 8601."""
    troubles: list[TroubleDocument]


def render_notice(
    templates: Templates, troubles: Sequence[Trouble], now: datetime, timezone: ZoneInfo
) -> Rendering:
    """Subject, HTML, text and JSON of what has not been reported to the operators yet; in English.

    By the desk's own templates, where it has any.
    """
    notice = _view(troubles, now, timezone, _MOST)
    document = NoticeDocument(
        subject=notice.subject,
        composed_at=now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        troubles=[
            TroubleDocument(cause=encodable(t.cause), sentence=encodable(t.sentence)) for t in troubles
        ],
    )
    forms = Forms(templates, "notice", {"notice": notice}, kind="notice")
    html, text = forms.write("html"), forms.write("txt")
    rendered = Rendered(
        notice.subject,
        _fitted(troubles, now, timezone, _html) if html is None else html,
        _fitted(troubles, now, timezone, _text) if text is None else text,
        document.model_dump_json(indent=2),
    )
    return Rendering(rendered, tuple(forms.used), tuple(forms.troubles))


def notice_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the document."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described_schema(NoticeDocument)}


def _fitted(
    troubles: Sequence[Trouble], now: datetime, timezone: ZoneInfo, write: Callable[[NoticeView], str]
) -> str:
    """With as many of the troubles as a mail holds; the others are counted."""
    shown = min(len(troubles), _MOST)

    def written(fewer: int) -> str:
        return write(_view(troubles, now, timezone, shown - fewer))

    def fits(fewer: int) -> bool:
        return len(written(fewer).encode("utf-8", "replace")) <= LARGEST

    return written(0) if fits(0) else written(bisect_left(range(shown - 1), True, lo=1, key=fits))


def _view(troubles: Sequence[Trouble], now: datetime, timezone: ZoneInfo, most: int) -> NoticeView:
    times = Phrases(now, timezone, "en").times
    sentences = [shortened(plain(trouble.sentence), _LONGEST_SENTENCE) for trouble in troubles[:most]]
    unnamed = len(troubles) - len(sentences)
    if unnamed:
        sentences.append(_ELSEWHERE.format(unnamed))
    return NoticeView(
        subject=_subject(troubles),
        title=_TITLE,
        date=f"{times.full(now)}, {times.clock(now)}",
        troubles=tuple(sentences),
        foot=_FOOT,
    )


def _subject(troubles: Sequence[Trouble]) -> str:
    if len(troubles) == 1:
        return f"{_TITLE}: {shortened(plain(troubles[0].sentence), _LONGEST_SUBJECT)}"
    return f"{_TITLE}: {len(troubles)} troubles"


def _html(notice: NoticeView) -> str:
    return html_of("notice.html.j2", notice=notice)


def _text(notice: NoticeView) -> str:
    lines = [*wrapped(notice.subject), notice.date, ""]
    for sentence in notice.troubles:
        lines += [*wrapped(sentence, "  ", "- "), ""]
    return "\n".join([*lines, "-" * WIDTH, *wrapped(notice.foot)]) + "\n"
