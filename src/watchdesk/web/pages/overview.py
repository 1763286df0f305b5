"""/: what needs a person first, the day's figures, the last 14 days, what goes out next."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from watchdesk.documents.status import (
    life_in_words,
    next_digests,
    room_in_words,
    waiting_by_digest,
)
from watchdesk.documents.summary import Remembered, Summary
from watchdesk.errors import StorageError
from watchdesk.web.asked import Asked
from watchdesk.web.pictures.days import Day, Picture, picture
from watchdesk.web.routes import Page, Values

DAYS = 14
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
    queues, (day, bars) = _queues(summary), _of_database(asked)
    return {
        "needs": summary.needs,
        "is_running": summary.running,
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


@dataclass(frozen=True, slots=True)
class LastDay:
    """The figures of the last 24 hours."""

    matches: int
    digests: int
    sent: int
    """Deliveries."""


def _of_database(asked: Asked) -> tuple[LastDay, Picture] | tuple[None, None]:
    """The last day, and a picture of the last days; nothing where the database cannot be used."""
    zone, now = asked.desk.zone, asked.now
    today, a_day_ago = now.astimezone(zone).date(), now - timedelta(days=1)
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    starts = [datetime.combine(day, time(), zone) for day in days]
    try:
        with asked.desk.reading() as store:
            articles = store.article_counts_between([*starts, now + timedelta(seconds=1)])
            found = store.match_counts(list(asked.configured.rules.labels), [(starts[0], now)])
            digests, sent = store.sent_since(a_day_ago)
    except StorageError:
        return None, None
    matches: Counter[date] = Counter()
    last_day = 0
    for quarters in found.values():
        for moment, count in quarters.items():
            matches[moment.astimezone(zone).date()] += count
            last_day += count if moment >= a_day_ago else 0
    figures = [Day(day, (count, matches[day])) for day, count in zip(days, articles, strict=True)]
    bars = picture("Articles and matches by day", ("articles", "matches"), figures)
    return LastDay(last_day, digests, sent), bars


PAGE = Page("/", "overview.html.j2", _show, name="Status")
