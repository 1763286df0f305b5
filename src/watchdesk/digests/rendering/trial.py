"""Tries a desk's templates on sample digests that hold some of everything, before they are needed."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from watchdesk.digests.links import Links
from watchdesk.digests.rendering.desk_templates import Templates
from watchdesk.digests.rendering.notice import render_notice
from watchdesk.digests.rendering.render import render
from watchdesk.digests.rendering.written_templates import TemplateTrouble
from watchdesk.model import (
    Article,
    Coverage,
    Digest,
    DigestPart,
    DigestStory,
    JoinedBy,
    Match,
    Membership,
    Notice,
    NotWanted,
    Priority,
    PublishedKnown,
    RuleLabel,
    SharedText,
    Sharing,
    Snippet,
    SourceHealth,
    Spike,
    Standing,
    Telling,
    Trouble,
    WaitingMatch,
)

_NOW = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
_DAY = timedelta(days=1)
_LINKS = Links("https://desk.example.org/", _NOW + _DAY)
_RULE = RuleLabel("harbour", "Harbour works", Priority.HIGH)
_QUIET = RuleLabel("ferries", "Ferries")
_JOINED_BY = (JoinedBy.COPY, JoinedBy.FIRST, JoinedBy.EVENT)
_SHARED = (SharedText(Sharing.COPY, 1, 0.9), None, None)
"""A copy of the first, the first, and another report."""


def try_templates(templates: Templates, digest_names: Iterable[str]) -> tuple[TemplateTrouble, ...]:
    """What is wrong with them, each thing once: tried on a full digest, on an empty one and on a notice."""
    found: dict[tuple[str, int, str], TemplateTrouble] = {}
    for trouble in _troubles(templates, digest_names):
        found.setdefault((trouble.file, trouble.line, trouble.reason), trouble)
    return tuple(sorted(found.values(), key=lambda trouble: (trouble.file, trouble.line)))


def _troubles(templates: Templates, digest_names: Iterable[str]) -> Iterator[TemplateTrouble]:
    yield from templates.mistakes()
    for name in ("digest", *digest_names):
        for digest in (_full(name), _empty(name)):
            yield from render(templates, digest, ZoneInfo("UTC"), "en", _LINKS).troubles
    yield from render_notice(templates, Notice((Trouble("try", "A trial."),)), _NOW, ZoneInfo("UTC")).troubles


def _full(name: str) -> Digest:
    told = Coverage(tuple(Telling(f"source-{n}", _NOW, _NOW, _NOW) for n in (1, 2, 3)))
    first = DigestStory(1, _found(1), (_found(2), _found(3)), coverage=told)
    part = DigestPart(
        _RULE,
        (first, DigestStory(4, _found(4), told_at=_NOW - _DAY)),
        more=(DigestStory(5, _found(5)),),
        updates=(DigestStory(8, _found(8), told_at=_NOW - _DAY),),
        held_back=(DigestStory(6, _found(6)),),
        history=(0, 2, 5, 1, 0, 0, 3, 4, 2, 1, 0, 6, 2, 9),
        history_since=_NOW - _DAY,
        held_until=_NOW,
    )
    again = DigestPart(RuleLabel("storms", "Storms"), (first,))
    return Digest(
        name,
        "A trial",
        _NOW,
        _NOW - _DAY,
        (part, again, DigestPart(RuleLabel("tides", "Tides"), (DigestStory(7, _found(7)),))),
        quiet_rules=(_QUIET,),
        health=(
            SourceHealth("source-1", "The Harbour Post", healthy=True),
            SourceHealth("source-2", "The Wire", healthy=False, since=_NOW - _DAY, error="HTTP 500"),
        ),
        id="trial",
        spikes=(Spike(_RULE.id, 24, 3),),
        silenced=((_QUIET, _NOW + _DAY),),
        is_test=True,
        articles_seen=412,
        last_read=_NOW,
        archive_only={Standing.TOO_OLD: 2},
        channels=("desk",),
        ask=("desk@example.org",),
        not_wanted=NotWanted(3, 2),
        waits=2,
    )


def _empty(name: str) -> Digest:
    return Digest(name, "A trial", _NOW, None, (), id="trial")


def _found(number: int) -> WaitingMatch:
    article = Article(
        source_id=f"source-{number}",
        title=f"The harbour opens for the {number}th time",
        sections=(),
        first_seen=_NOW,
        id=number,
        url=f"https://harbour.example/{number}",
        byline="Ada Quay",
        published_at=_NOW,
        published_known=PublishedKnown.EXACT,
        language="en",
    )
    match = Match(_RULE.id, 1.0, (), Snippet("The harbour opens again.", ((4, 11),)), ((4, 11),))
    why = Membership(number, _JOINED_BY[number % 3], 1.0, nearest=1, shared=_SHARED[number % 3])
    return WaitingMatch(number, _RULE.id, article, number, match, _NOW, membership=why)
