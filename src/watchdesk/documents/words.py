"""Counts, times, ages and strangers' text as people read them, and times as programs do. Pure."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that control a terminal, or change the direction of the text after them."""

_MEANWHILE = timedelta(minutes=1)
"""What is read may come in for so long after the time was taken."""


def printable(text: str) -> str:
    """A stranger's text on one line, without characters that control the terminal."""
    return " ".join(_STEERING.sub(" ", text).split())


def without_steering(line: str) -> str:
    """A stranger's line without control characters, its spaces as they are."""
    return _STEERING.sub(" ", line)


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """`1 source`, `2 sources`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def ago(moment: datetime | None, now: datetime) -> str:
    """When something was: `3 min ago`, `never`.

    What came after `now`, while the rest was read, was `0 s ago`. Only a clock that is wrong has more than
    that ahead: `in 3 min`.
    """
    if moment is None:
        return "never"
    distance = now - moment
    if distance < -_MEANWHILE:
        return f"in {span(-distance)}"
    return f"{span(max(distance, timedelta(0)))} ago"


def until(moment: datetime, now: datetime) -> str:
    """When something will be: `in 12 s`, `now`."""
    return f"in {span(moment - now)}" if moment > now else "now"


def span(length: timedelta) -> str:
    """A length of time in its largest fitting unit."""
    seconds = int(length.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size or (seconds >= size and unit != "d"):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def day_and_time(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """A time as people say it: `today 07:00`, `tomorrow 07:00`, `Monday 07:00` in the coming days."""
    then, today = moment.astimezone(zone), now.astimezone(zone).date()
    distance = (then.date() - today).days
    if 1 < distance < 7:
        return f"{then:%A %H:%M}"
    day = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(distance)
    return f"{day} {then:%H:%M}" if day else local(moment, zone)


def local(moment: datetime, zone: tzinfo) -> str:
    """A time as the desk reads it: `2025-02-12 07:38`."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def utc_text(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC, as JSON documents give times."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None
