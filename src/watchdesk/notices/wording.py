"""What sentences to the operators have in common: others' reasons, moments and spans. Pure."""

from datetime import datetime, timedelta

_LONGEST = 400


def in_a_sentence(reason: str) -> str:
    """What a receiver gave as its reason: on one line, not too long, without a full stop of its own."""
    return " ".join(reason.split())[:_LONGEST].rstrip(" .")


def clock(moment: datetime) -> str:
    """In UTC, to the minute: the service's people may be in any zone."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def size_in_words(size: int) -> str:
    """Bytes as people say them: `2.5 GB`, `63 MB`, `512 kB`."""
    for unit, name in ((10**9, "GB"), (10**6, "MB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}" if size < 10 * unit else f"{size / unit:,.0f} {name}"
    return f"{size / 1000:.0f} kB"


def span(length: timedelta) -> str:
    """In its largest unit of which there are two."""
    seconds = int(length.total_seconds())
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"
