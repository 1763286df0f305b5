"""Whether a chore may remove by this clock what is old by it."""

from datetime import datetime, timedelta

from watchdesk.errors import ClockDoubted
from watchdesk.logger import get_logger
from watchdesk.remembered import ClockLeap, remember, remembered
from watchdesk.service.clock_check import (
    SEEN,
    checked,
    is_confirmed,
    is_contradicted,
    is_far_ahead,
    is_steady,
)
from watchdesk.service.upkeep.chores import Workplace

log = get_logger(__name__)


def is_trusted(place: Workplace, now: datetime) -> bool:
    """Whether what is old by the clock is old: it went without a leap for long, or publishers confirm it.

    Remembers the check. Raises `ClockDoubted` where it would be trusted, but publishers contradict it.
    """
    facts, keep = remembered(place.store), place.configured.settings.articles.keep.age
    check = checked(facts.clock, now)
    remember(place.store, check)
    if facts.clock and is_far_ahead(now - facts.clock.checked_at, keep) and _nothing_tells(place, now, keep):
        remember(place.store, ClockLeap(now))
        log.warning(
            "the clock is far ahead of when it was last looked at; nothing old is removed for as long as"
            " articles are kept",
            last=facts.clock.checked_at.isoformat(),
            until=(now + keep).isoformat(),
        )
        return False
    if facts.clock_leap and timedelta(0) <= now - facts.clock_leap.at < keep:
        return False
    published, sources = place.store.newest_published(now - SEEN, now), place.configured.settings.sources
    if not is_steady(check):
        return is_confirmed(published, sources, now)  # whom most sites agree with, they do not contradict
    if is_contradicted(published, sources, now, keep):
        raise ClockDoubted(
            f"by the clock it is {now:%Y-%m-%d %H:%M} UTC, but what publishers brought in the last day was "
            "published long before: nothing old is removed. Look at how this machine keeps its time (NTP)"
        )
    return True


def _nothing_tells(place: Workplace, now: datetime, keep: timedelta) -> bool:
    """Whether no article shows by its number which others came after it."""
    return place.store.least_number(now - keep, now - SEEN) is None
