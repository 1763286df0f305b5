"""Whether the clock can be trusted with what cannot be undone: deleting what is old. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from watchdesk.config.network import is_loopback
from watchdesk.model import Source
from watchdesk.remembered import ClockCheck

LONGEST_STEP = timedelta(days=2)
"""Between two checks, which are an hour apart while the service runs: a longer step may be a wrong clock."""
TRUSTED_AFTER = timedelta(days=1)
SEEN = timedelta(days=1)
"""Articles that came in this time are asked when they were published."""
AGREEING = timedelta(days=2)
"""A publisher whose newest article is no older, and not of the future, agrees with the clock."""
_AHEAD = timedelta(hours=1)
_SITES = 2
"""That have to agree, and at least half of those that brought anything; or to contradict."""
_OUTWEIGH = 10
"""Sites that contradict to one that agrees, where several do: there are calendars of coming events."""
_FAR = timedelta(days=30)
_PART = 10
"""A clock that is ahead by less than this part of `keep` costs little, and some publishers are late."""


def checked(before: ClockCheck | None, now: datetime) -> ClockCheck:
    """Checks the clock. `before`: the last check, as it is remembered."""
    if before is None or not timedelta(0) <= now - before.checked_at <= LONGEST_STEP:
        return ClockCheck(now, now)
    return ClockCheck(before.steady_since, now)


def is_steady(check: ClockCheck) -> bool:
    """Whether the clock has run for a day without a leap."""
    return check.checked_at - check.steady_since >= TRUSTED_AFTER


def is_confirmed(published: Mapping[str, datetime], sources: Mapping[str, Source], now: datetime) -> bool:
    """Whether publishers confirm the clock: what they have just published is of now by it, too.

    `published`: by source, when the newest was published of what came in the last day, as the publisher says.
    Nothing comes from the future: where two sites and half of all agree, the clock is not ahead. Servers on
    this machine have its clock and do not count.
    """
    newest = _by_site(published, sources)
    agreeing = _agreeing(newest.values(), now)
    return agreeing >= _SITES and 2 * agreeing >= len(newest)


def is_contradicted(
    published: Mapping[str, datetime], sources: Mapping[str, Source], now: datetime, keep: timedelta
) -> bool:
    """Whether publishers show that the clock is ahead: what they brought in the last day is old by it.

    Takes `published` as `is_confirmed` does. Where nothing came, or two sites agree, nobody contradicts.
    """
    behind = now - max(AGREEING, keep / _PART)
    if sum(moment < behind for moment in published.values()) < _SITES:
        return False
    newest = _by_site(published, sources).values()
    contradicting = sum(moment < behind for moment in newest)
    return contradicting >= _SITES and _agreeing(newest, now) < max(_SITES, contradicting / _OUTWEIGH)


def is_far_ahead(step: timedelta, keep: timedelta) -> bool:
    """Whether what was stored before such a step may be old only because the clock was behind."""
    return step > max(_FAR, keep / 2)


def _agreeing(newest: Iterable[datetime], now: datetime) -> int:
    return sum(now - AGREEING <= moment <= now + _AHEAD for moment in newest)


def _by_site(published: Mapping[str, datetime], sources: Mapping[str, Source]) -> Mapping[str, datetime]:
    """The newest of each site, without servers on this machine."""
    from watchdesk.articles.addresses import site_of  # noqa: PLC0415 - the list of public suffixes is heavy

    newest: dict[str, datetime] = {}
    for source_id, moment in published.items():
        source = sources.get(source_id)
        if source and not is_loopback(urlsplit(source.url).hostname or "localhost"):
            site = site_of(source.url)
            newest[site] = max(moment, newest.get(site, moment))
    return newest
