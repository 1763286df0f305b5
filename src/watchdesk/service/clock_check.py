"""Whether the clock can be trusted with what cannot be undone: deleting what is old. Pure."""

from datetime import datetime, timedelta

from watchdesk.remembered import ClockCheck

LONGEST_STEP = timedelta(days=2)
"""Between two checks, which are an hour apart while the service runs: a longer step may be a wrong clock."""
TRUSTED_AFTER = timedelta(days=1)


def checked(before: ClockCheck | None, now: datetime) -> ClockCheck:
    """Checks the clock. `before`: the last check, as it is remembered."""
    if before is None or not timedelta(0) <= now - before.checked_at <= LONGEST_STEP:
        return ClockCheck(now, now)
    return ClockCheck(before.steady_since, now)


def is_steady(check: ClockCheck) -> bool:
    """Whether the clock has run for a day without a leap."""
    return check.checked_at - check.steady_since >= TRUSTED_AFTER
