"""What a feed says about how often it changes. Pure; `scheduling` obeys it.

Publishers write all of it sloppily. What cannot be read is ignored.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice

from watchdesk.model import UpdateHints

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_LONGEST = timedelta(days=365)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SKIPPED = re.compile(rb"<skip(?:hours|days)\b[^<>]{0,200}>", re.IGNORECASE)
_LONGEST_LIST = 4_000
"""Bytes: enough for all the hours of a day."""
_MOST_LISTS = 8

_VALUE = re.compile(rb"<(?:hour|day)\b[^>]*>\s*([^<]{1,40}?)\s*<", re.IGNORECASE)


def hints_of(
    ttl: str | None,
    period: str | None,
    frequency: str | None,
    skip_hours: Sequence[str],
    skip_days: Sequence[str],
) -> UpdateHints:
    """What a channel's elements ask for; the longer of `ttl` and the period counts. Arguments are as written.

    `ttl` is in minutes (RSS 2.0). `period` and `frequency` are `sy:updatePeriod` and `sy:updateFrequency`
    (RSS 1.0's syndication module; their defaults are daily and once). Hours are 0 to 23, or 24 for midnight
    (RSS 0.91); days have English names.
    """
    waits = [wait for wait in (_minutes(ttl), _period(period, frequency)) if wait]
    return UpdateHints(
        ttl=max(waits, default=None),
        skip_hours=frozenset(_hours(skip_hours)),
        skip_days=frozenset(_weekdays(skip_days)),
    )


def skips_in(body: bytes) -> tuple[Sequence[str], Sequence[str]]:
    """The hours and the days of `skipHours` and `skipDays`, as written.

    They are searched for in the document itself, because feedparser keeps only the last of each.
    """
    found: dict[bytes, Sequence[str]] = {}
    for tag in islice(_SKIPPED.finditer(body), _MOST_LISTS):
        values = body[tag.end() : tag.end() + _LONGEST_LIST].lower().split(b"</skip", 1)[0]
        written = [value.decode("ascii", "replace") for value in _VALUE.findall(values)]
        found.setdefault(tag[0][:7].lower(), written)
    return found.get(b"<skipho", ()), found.get(b"<skipda", ())


def _minutes(written: str | None) -> timedelta | None:
    number = _number(written)
    return timedelta(minutes=number) if number else None


def _period(period: str | None, frequency: str | None) -> timedelta | None:
    period, frequency = (period or "").strip().lower(), (frequency or "").strip()
    if not period and not frequency:
        return None
    length = _PERIODS.get(period or "daily")
    return length / (_number(frequency) or 1) if length else None


def _number(written: str | None) -> int | None:
    """The number that it begins with, at most the minutes of a year; None if there is none or it is 0."""
    found = re.match(r"\s*\+?0*([0-9]{1,12})", written or "")
    return min(int(found[1]), _LONGEST // timedelta(minutes=1)) or None if found else None


def _hours(written: Sequence[str]) -> Iterator[int]:
    for value in written:
        found = re.fullmatch(r"\s*([0-9]{1,2})\s*", value)
        if found and int(found[1]) <= 24:
            yield int(found[1]) % 24


def _weekdays(written: Sequence[str]) -> Iterator[int]:
    for value in written:
        if (name := value.strip().lower()[:3]) in _DAYS:
            yield _DAYS.index(name)
