"""/: what needs a person first, the day's figures, the last 14 days, what goes out next."""

from dataclasses import dataclass
from datetime import datetime

from watchdesk.documents.status import (
    life_in_words,
    next_digests,
    room_in_words,
    waiting_by_digest,
)
from watchdesk.documents.summary import Remembered, Summary
from watchdesk.errors import StorageError
from watchdesk.web.asked import Asked
from watchdesk.web.last_days import LastDays, last_days
from watchdesk.web.pictures.days import Picture, picture
from watchdesk.web.routes import Page, Values

MOST = 50
"""Digests that are listed."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for a digest."""

    name: str
    title: str
    waiting: int
    departs: datetime | str | None
    """When it goes out, or what it waits for."""


def _show(asked: Asked) -> Values:
    summary = asked.desk.summary()
    found = summary.remembered or Remembered()
    queues, (day, bars) = _queues(summary), _days(asked)
    return {
        "needs": summary.needs,
        "life": life_in_words(summary),
        "found": found,
        "knows": summary.remembered is not None,
        "sources": len(asked.configured.settings.sources),
        "rules": len(asked.configured.rules.labels),
        "day": day,
        "queues": queues[:MOST],
        "more_queues": len(queues) - MOST,
        "silent": found.silent,
        "too_wide": found.too_wide,
        "room": room_in_words(found.outlook) if found.outlook else None,
        "picture": bars,
    }


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


PAGE = Page("/", "overview.html.j2", _show, name="Status")
