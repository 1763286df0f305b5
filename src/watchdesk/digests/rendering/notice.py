"""Renders a notice to the operators in the three forms that channels send."""

import re
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
from watchdesk.model import Notice, Rendered, Trouble
from watchdesk.model.help_names import with_help

_TITLE = "watchdesk needs you"
_OVER_TITLE = "watchdesk has recovered"
_OVER = "Over: "
_FOOT = (
    "Each of these is reported once while it lasts, and once when it is over. To see what needs a person "
    "now: watchdesk status"
)
_LONGEST_SUBJECT, _SHORTEST_CLAUSE = 90, 30
_SENTENCE_END = re.compile(r"\.\s+(?=[A-Z])")
_CLAUSE_END = re.compile(r"[,;:] ")
_LONGEST_SENTENCE = 2000
_MOST = 40
_MOST_LINES, _LONGEST_LINE = 60, 300
"""Of what is quoted from files."""
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
    help: str | None = None
    """The name under which `watchdesk help` explains it."""


class NoticeDocument(BaseModel):
    """What a webhook is sent for the operators."""

    version: Literal[1] = 1
    type: Literal["notice"] = "notice"
    subject: str
    composed_at: str
    """UTC, ISO 8601."""
    troubles: list[TroubleDocument]
    over: list[TroubleDocument] = []
    """What was reported and is over, by the same causes; each sentence says what is well again."""


def render_notice(templates: Templates, said: Notice, now: datetime, timezone: ZoneInfo) -> Rendering:
    """Subject, HTML, text and JSON of what has not been reported to the operators yet; in English.

    By the desk's own templates, where it has any.
    """
    notice = _view(said, now, timezone, _MOST)
    document = NoticeDocument(
        subject=notice.subject,
        composed_at=now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        troubles=_documents(said.troubles),
        over=_documents(said.over),
    )
    forms = Forms(templates, "notice", {"notice": notice}, kind="notice")
    html, text = forms.write("html"), forms.write("txt")
    rendered = Rendered(
        notice.subject,
        _fitted(said, now, timezone, _html) if html is None else html,
        _fitted(said, now, timezone, _text) if text is None else text,
        document.model_dump_json(indent=2),
    )
    return Rendering(rendered, tuple(forms.used), tuple(forms.troubles))


def notice_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the document."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described_schema(NoticeDocument)}


def _documents(troubles: Sequence[Trouble]) -> list[TroubleDocument]:
    return [
        TroubleDocument(cause=encodable(t.cause), sentence=encodable(t.sentence), help=t.help)
        for t in troubles
    ]


def _fitted(said: Notice, now: datetime, timezone: ZoneInfo, write: Callable[[NoticeView], str]) -> str:
    """With as many of the sentences as a mail holds; the others are counted."""
    shown = min(len(said.troubles) + len(said.over), _MOST)

    def written(fewer: int) -> str:
        return write(_view(said, now, timezone, shown - fewer))

    def fits(fewer: int) -> bool:
        return len(written(fewer).encode("utf-8", "replace")) <= LARGEST

    return written(0) if fits(0) else written(bisect_left(range(shown - 1), True, lo=1, key=fits))


def _view(said: Notice, now: datetime, timezone: ZoneInfo, most: int) -> NoticeView:
    times = Phrases(now, timezone, "en").times
    every = [
        *((t.sentence, t.help) for t in said.troubles),
        *((f"{_OVER}{t.sentence}", None) for t in said.over),
    ]
    sentences = [
        with_help(shortened(plain(sentence), _LONGEST_SENTENCE), name) for sentence, name in every[:most]
    ]
    unnamed = len(every) - len(sentences)
    if unnamed:
        sentences.append(_ELSEWHERE.format(unnamed))
    quoted = [_quoted(trouble) for trouble in (*said.troubles, *said.over)]
    return NoticeView(
        subject=_subject(said),
        title=_TITLE if said.troubles else _OVER_TITLE,
        date=f"{times.full(now)}, {times.clock(now)}",
        troubles=tuple(sentences),
        quoted=(*quoted[:most], *[""] * bool(unnamed)),
        foot=_FOOT,
    )


def _quoted(trouble: Trouble) -> str:
    lines = trouble.quoted.splitlines()[:_MOST_LINES]
    return "\n".join(shortened(line.expandtabs(), _LONGEST_LINE) for line in map(_printable, lines))


def _printable(line: str) -> str:
    """Of what stands in a file: characters that steer take no place of others, so that carets stay below."""
    return "".join(each if each.isprintable() or each == "\t" else "\ufffd" for each in line)


def _subject(said: Notice) -> str:
    title, told = (_TITLE, said.troubles) if said.troubles else (_OVER_TITLE, said.over)
    if len(told) == 1:
        return f"{title}: {_heading(plain(told[0].sentence))}"
    return f"{title}: {len(told)} troubles{'' if said.troubles else ' are over'}"


def _heading(told: str) -> str:
    """The first sentence of what is told, or as much of it as says something whole and is not too long."""
    first = _SENTENCE_END.split(told, 1)[0].rstrip(".")
    if len(first) <= _LONGEST_SUBJECT:
        return first
    ends = [found.start() for found in _CLAUSE_END.finditer(first[: _LONGEST_SUBJECT + 2])]
    return first[: ends[-1]] if ends and ends[-1] >= _SHORTEST_CLAUSE else shortened(first, _LONGEST_SUBJECT)


def _html(notice: NoticeView) -> str:
    return html_of("notice.html.j2", notice=notice)


def _text(notice: NoticeView) -> str:
    lines = [*wrapped(notice.subject), notice.date, ""]
    for sentence, quoted in zip(notice.troubles, notice.quoted, strict=True):
        lines += [*wrapped(sentence, "  ", "- "), ""]
        if quoted:
            lines += [*(f"    {line}".rstrip() for line in quoted.splitlines()), ""]
    return "\n".join([*lines, "-" * WIDTH, *wrapped(notice.foot)]) + "\n"
