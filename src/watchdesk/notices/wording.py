"""What sentences to the operators have in common: others' reasons, moments and spans. Pure."""

from datetime import datetime, timedelta

_LONGEST = 400


def in_a_sentence(reason: str) -> str:
    """What a receiver gave as its reason: on one line, not too long, without a full stop of its own."""
    return " ".join(reason.split())[:_LONGEST].rstrip(" .")


def clock(moment: datetime) -> str:
    """In UTC, to the minute: the service's people may be in any zone."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def span(length: timedelta) -> str:
    """In its largest unit of which there are two."""
    seconds = int(length.total_seconds())
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"
