"""crontab(5) schedules in a local time, with our own decision for the nights when clocks change.

A local time that daylight saving skips fires once, at the first instant after the gap; one that it
repeats fires once, at its first occurrence. `digests.due` applies schedules to digests.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_SHORTHANDS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_RANGE = r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d{1,4}))?"
_HORIZON = 366 * 9
"""Days to look at for the next firing: 29 February is at most eight years away."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    names: Mapping[str, int]


def _numbered(names: tuple[str, ...], first: int) -> dict[str, int]:
    """Each name and its first three letters, with its number."""
    pairs = [(name, number) for number, name in enumerate(names, first)]
    return dict(pairs) | {name[:3]: number for name, number in pairs}


_FIELDS = (
    _Field("minute", 0, 59, {}),
    _Field("hour", 0, 23, {}),
    _Field("day of the month", 1, 31, {}),
    _Field("month", 1, 12, _numbered(_MONTHS, 1)),
    _Field("day of the week", 0, 7, _numbered(_DAYS, 0)),
)


@dataclass(frozen=True, slots=True)
class CronSchedule:
    """A parsed schedule. Days of the week count from Sunday as 0; 7 is Sunday as well."""

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool
    """Both day fields are restricted: a day fires when one of them fits (crontab(5))."""

    @classmethod
    def parse(cls, text: str) -> "CronSchedule":
        """Reads five fields or a shorthand such as `@daily`. Raises `ValueError` saying what is wrong."""
        spelled = _SHORTHANDS.get(text.strip().lower(), text)
        parts = spelled.split()
        if len(parts) != len(_FIELDS):
            raise ValueError(
                f"a schedule has five fields (minute, hour, day, month, weekday), and this has {len(parts)}"
            )
        values = [_values(part, field) for part, field in zip(parts, _FIELDS, strict=True)]
        minutes, hours, days, months, weekdays = values
        schedule = cls(
            text,
            tuple(sorted(minutes)),
            tuple(sorted(hours)),
            frozenset(days),
            frozenset(months),
            frozenset(day % 7 for day in weekdays),
            either_day=not parts[2].startswith("*") and not parts[4].startswith("*"),
        )
        if not any(schedule._fires_on(date(2024, 1, 1) + timedelta(days=n)) for n in range(_HORIZON)):
            raise ValueError("this schedule never comes: there is no such day")
        return schedule

    def next_after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The first firing later than `moment`, in UTC."""
        start = moment.astimezone(zone).date() - timedelta(days=1)
        for number in range(_HORIZON):
            for firing in self._firings(start + timedelta(days=number), zone):
                if firing > moment:
                    return firing
        raise AssertionError(f"{self.text!r} was parsed, so it fires within nine years")

    def latest(self, moment: datetime, zone: ZoneInfo, after: datetime) -> datetime | None:
        """The last firing at or before `moment` that is later than `after`, in UTC; None without one."""
        day = moment.astimezone(zone).date() + timedelta(days=1)
        first = after.astimezone(zone).date() - timedelta(days=1)
        while day >= first:
            for firing in reversed(list(self._firings(day, zone))):
                if after < firing <= moment:
                    return firing
            day -= timedelta(days=1)
        return None

    def _fires_on(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        by_month, by_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return by_month or by_week if self.either_day else by_month and by_week

    def _firings(self, day: date, zone: ZoneInfo) -> Iterator[datetime]:
        """The day's firings in order; times that a gap moves to one instant are one firing."""
        if not self._fires_on(day):
            return
        last: datetime | None = None
        for hour in self.hours:
            for minute in self.minutes:
                firing = _instant(datetime.combine(day, time(hour, minute)), zone)
                if last is None or firing > last:
                    yield firing
                    last = firing


def _instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a local time: its first occurrence, or the end of the gap that swallows it."""
    moment = local.replace(tzinfo=zone, fold=0)
    instant = moment.astimezone(UTC)
    back = instant.astimezone(zone)
    if back.replace(tzinfo=None) == local:
        return instant
    # In a gap the two folds give the offsets before and after it; the gap ends where they meet.
    before, after = moment.utcoffset(), moment.replace(fold=1).utcoffset()
    assert before is not None
    assert after is not None
    low, high = instant - abs(after - before), instant
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def _values(text: str, field: _Field) -> set[int]:
    values: set[int] = set()
    for part in text.split(","):
        values |= _range(part, field)
    return values


def _range(part: str, field: _Field) -> set[int]:
    found = re.fullmatch(_RANGE, part, re.ASCII)
    if not found:
        raise ValueError(f"'{part}' cannot be read as the {field.name}")
    step = int(found["step"] or 1)
    if step < 1:
        raise ValueError(f"'{part}': a step of the {field.name} is at least 1")
    if found["first"] == "*":
        first, last = field.low, field.high
    else:
        first = _number(found["first"], field)
        last = _number(found["last"], field) if found["last"] else (field.high if found["step"] else first)
    if last < first and field.high == 7 and last == 0:
        last = 7
    if last < first:
        raise ValueError(f"'{part}': the {field.name} ends before it begins")
    return set(range(first, last + 1, step))


def _number(text: str, field: _Field) -> int:
    number = field.names.get(text.lower())
    if number is None:
        number = int(text) if text.isdecimal() and len(text) <= 4 else -1
    if not field.low <= number <= field.high:
        short = [name for name in field.names if len(name) == 3]
        names = f", or {short[0]} to {short[-1]}" if short else ""
        raise ValueError(f"'{text}' cannot be the {field.name}: it is {field.low} to {field.high}{names}")
    return number
