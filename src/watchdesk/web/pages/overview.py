"""/: what needs a person first, the day's figures, the last 14 days, what goes out next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from watchdesk.documents.fleet import fleet_in_words
from watchdesk.documents.needs import MOST_NAMES, About, Need
from watchdesk.documents.source_health import SourcesFound, sources_in_words
from watchdesk.documents.status import (
    life_in_words,
    next_digests,
    room_in_words,
    waiting_by_digest,
)
from watchdesk.documents.summary import Remembered, Summary
from watchdesk.errors import StorageError
from watchdesk.model.help_names import HelpName
from watchdesk.web.asked import Asked
from watchdesk.web.last_days import LastDays, last_days
from watchdesk.web.pictures.days import Picture, picture
from watchdesk.web.routes import Page, Values

MOST = 50
"""Digests that are listed."""
MOST_SILENT = 10
"""Silent rules that are listed."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for a digest."""

    name: str
    title: str
    waiting: int
    departs: datetime | str | None
    """When it goes out, or what it waits for."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What needs a person, in one sentence, and what the page has about it."""

    sentence: str
    is_dead_letters: bool = False
    is_fleet: bool = False
    sources: Sequence[str] = ()
    """The first of the sources that it is about."""
    more_sources: int = 0
    what: str = ""
    """What is wrong with these."""
    mistakes: str = ""
    """What is wrong with the files, as `check` shows it."""
    help: HelpName | None = None
    """The page that explains it."""


def _show(asked: Asked) -> Values:
    summary = asked.desk.summary()
    found = summary.remembered or Remembered()
    queues, (day, bars) = _queues(summary), _days(asked)
    return {
        "needs": [_shown(summary, need) for need in summary.needs],
        "life": life_in_words(summary),
        "found": found,
        "fleet": fleet_in_words(found.hosts, summary.now),
        "knows": summary.remembered is not None,
        "sources": sources_in_words(found.sources),
        "configured": len(asked.configured.settings.sources),
        "unasked": found.sources.count and found.sources.never_polled == found.sources.count,
        "rules": len(asked.configured.rules.labels),
        "day": day,
        "queues": queues[:MOST],
        "more_queues": len(queues) - MOST,
        "silent": found.silent[:MOST_SILENT],
        "more_silent": len(found.silent) - MOST_SILENT,
        "labels": asked.configured.rules.labels,
        "too_wide": found.too_wide,
        "room": room_in_words(found.outlook) if found.outlook else None,
        "picture": bars,
    }


def _shown(summary: Summary, need: Need) -> Shown:  # noqa: PLR0911  one answer a subject
    match need.about:
        case About.FILES:
            mistakes = "\n".join(need.quoted)
            if "\n" in mistakes:  # else there is no more than the sentence
                return Shown(need.on_page, mistakes=mistakes, help=need.help)
            return Shown(need.sentence, help=need.help)
        case About.GONE:
            return _of_sources("Gone for good", _sources(summary).gone, need)
        case About.FAILING:
            return _of_sources("Failing", _sources(summary).failing, need)
        case About.DEAD_LETTERS:
            return Shown(need.on_page, is_dead_letters=True, help=need.help)
        case About.FLEET:
            return Shown(need.on_page, is_fleet=True, help=need.help)
        case None:
            return Shown(need.sentence, help=need.help)
        case _:
            assert_never(need.about)


def _sources(summary: Summary) -> SourcesFound:
    return summary.remembered.sources if summary.remembered else SourcesFound()


def _of_sources(what: str, names: Sequence[str], need: Need) -> Shown:
    more = len(names) - MOST_NAMES
    return Shown(need.on_page, sources=names[:MOST_NAMES], more_sources=more, what=what, help=need.help)


def _queues(summary: Summary) -> list[Queue]:
    departures = next_digests(summary)
    digests = summary.configured.settings.digests if summary.configured else {}
    queues = [
        Queue(name, digests[name].title if name in digests else name, count, departures.get(name))
        for name, count in waiting_by_digest(summary).items()
    ]
    far = datetime.max.replace(tzinfo=summary.now.tzinfo)
    return sorted(queues, key=lambda one: one.departs if isinstance(one.departs, datetime) else far)


def _days(asked: Asked) -> tuple[LastDays, Picture] | tuple[None, None]:
    """The last day, and a picture of the last days; nothing where the database cannot be used."""
    desk = asked.desk

    def count() -> LastDays:
        with desk.reading() as store:
            return last_days(store, asked.configured.rules.labels, asked.zone, asked.now)

    try:
        found = desk.last_days.get("", asked.configured, count)
    except StorageError:
        return None, None
    return found, picture("Articles and matches by day", ("articles", "matches"), found.days)


PAGE = Page("/", "overview.html.j2", _show, name="Status", is_live=True)
