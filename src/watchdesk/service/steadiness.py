"""Whether the clock can be trusted with what cannot be undone: throwing old things away. Pure."""

from datetime import datetime, timedelta

LONGEST_STEP = timedelta(days=2)
"""Between two looks, an hour apart while the service runs; a longer one may be a clock that was set wrong."""
TRUSTED_AFTER = timedelta(days=1)


def looked(note: str | None, now: datetime) -> tuple[str, bool]:
    """What to remember of this look at the clock, and whether it has gone steadily for a day.

    `note` is what was remembered of the look before.
    """
    since, last = (datetime.fromisoformat(part) for part in note.split()) if note else (now, now)
    if not timedelta(0) <= now - last <= LONGEST_STEP:
        since = now
    return f"{since.isoformat()} {now.isoformat()}", now - since >= TRUSTED_AFTER
