"""Moments and spans as sentences about the service say them: in UTC, for people in any zone. Pure."""

from datetime import datetime, timedelta


def clock(moment: datetime) -> str:
    """To the minute."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def span(length: timedelta) -> str:
    """In its largest unit of which there are two."""
    seconds = int(length.total_seconds())
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"
