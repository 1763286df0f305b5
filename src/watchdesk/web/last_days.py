"""The figures of the last days on the first page: counted anew every few seconds, however many look."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from watchdesk.ports import Store
from watchdesk.web.pictures.days import Day

DAYS = 14


@dataclass(frozen=True, slots=True)
class LastDays:
    """Of the last 24 hours, and of the days of the desk's zone."""

    matches: int
    digests: int
    sent: int
    """Deliveries."""
    days: tuple[Day, ...]
    """Articles by when they were first seen, and matches by when they were found; today last."""


def last_days(store: Store, rules: Collection[str], zone: ZoneInfo, now: datetime) -> LastDays:
    """Counted in the store. Raises `StorageError`."""
    today, a_day_ago = now.astimezone(zone).date(), now - timedelta(days=1)
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    starts = [datetime.combine(day, time(), zone) for day in days]
    end = now + timedelta(seconds=1)
    articles = store.article_counts_between([*starts, end])
    found = store.match_counts(list(rules), [(starts[0], end)], when_matched=True)
    digests, sent = store.sent_since(a_day_ago)
    matches: Counter[date] = Counter()
    last_day = 0
    for quarters in found.values():
        for moment, count in quarters.items():
            matches[moment.astimezone(zone).date()] += count
            last_day += count if moment >= a_day_ago else 0
    figures = (Day(day, (count, matches[day])) for day, count in zip(days, articles, strict=True))
    return LastDays(last_day, digests, sent, tuple(figures))
