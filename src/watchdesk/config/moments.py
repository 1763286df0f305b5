"""Reads a moment as people write it on a command line: `2h`, `18:00`, `2026-11-30`, `2026-11-30 09:00`."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from watchdesk.config.values import parse_clock, parse_duration

_LONGEST = timedelta(days=36_500)
"""As `parse_duration` has it."""
_FORMS = "write it as 2h, 3d, 18:00, 2026-11-30 or 2026-11-30 09:00"


def parse_until(text: str, now: datetime, timezone: ZoneInfo) -> datetime:
    """The moment, which is later than `now`. A text that names no zone is local time in `timezone`.

    A time of day means the next one, a date alone the beginning of that day. Raises `ValueError`.
    """
    written = text.strip()
    if re.fullmatch(r"\d{1,2}:\d{2}", written):
        return _next(parse_clock(written), now, timezone)
    moment = _moment(written, timezone) if "-" in written else _after(written, now)
    if moment <= now:
        raise ValueError(f"'{text}' is over already; {_FORMS}")
    if moment > now + _LONGEST:
        raise ValueError(_too_far(text))
    return moment


def _next(clock: time, now: datetime, timezone: ZoneInfo) -> datetime:
    """The first instant after `now` at which local clocks show the time, which some nights have twice."""
    today = now.astimezone(timezone).date()
    for day in (today, today + timedelta(days=1)):
        for fold in (0, 1):
            moment = datetime.combine(day, clock.replace(fold=fold), timezone).astimezone(UTC)
            if moment > now:
                return moment
    raise AssertionError("every local time comes again by the end of the next day")


def _moment(written: str, timezone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise ValueError(f"'{written}' is not a date; {_FORMS}") from None
    local = moment if moment.tzinfo else moment.replace(tzinfo=timezone)
    try:
        return local.astimezone(UTC)
    except OverflowError:
        raise ValueError(_too_far(written)) from None


def _after(written: str, now: datetime) -> datetime:
    try:
        length = parse_duration(written)
    except ValueError:
        raise ValueError(f"'{written}' is neither a length of time nor a moment; {_FORMS}") from None
    if length >= _LONGEST:  # what is longer still was made a hundred years
        raise ValueError(_too_far(written))
    return now + length


def _too_far(text: str) -> str:
    return f"'{text}' is more than a hundred years away; {_FORMS}"
