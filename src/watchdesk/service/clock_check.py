"""Whether the clock can be trusted with what cannot be undone: throwing old things away. Pure."""

from datetime import datetime, timedelta

from watchdesk.remembered import ClockCheck

LONGEST_STEP = timedelta(days=2)
"""Between two looks, an hour apart while the service runs; a longer one may be a clock that was set wrong."""
TRUSTED_AFTER = timedelta(days=1)


def checked(before: ClockCheck | None, now: datetime) -> ClockCheck:
    """This look at the clock. `before`: what is remembered of the last one."""
    if before is None or not timedelta(0) <= now - before.checked_at <= LONGEST_STEP:
        return ClockCheck(now, now)
    return ClockCheck(before.steady_since, now)


def is_steady(check: ClockCheck) -> bool:
    """Whether the clock has gone without a leap for a day."""
    return check.checked_at - check.steady_since >= TRUSTED_AFTER
