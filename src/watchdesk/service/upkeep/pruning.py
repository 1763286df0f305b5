"""The chore that removes what is older than it is to be kept."""

from datetime import timedelta

from watchdesk.logger import get_logger
from watchdesk.service.upkeep.chores import Workplace

log = get_logger(__name__)

KEPT_PAGES = timedelta(days=3)
"""A day longer than they are tried: those left belong to sources that were taken out."""
KEPT_ATTEMPTS = timedelta(days=31)
"""As long as the longest rate looks back."""
_ARTICLES = 200
_DIGESTS = 20
"""Removed in one step."""


class Pruning:
    """A `Chore`."""

    name = "remove what is old"
    every = timedelta(hours=1)
    needs_steady_clock = True
    """To a clock that is years ahead, everything is old."""

    def step(self, place: Workplace) -> bool:
        """See `Chore.step`."""
        store, now = place.store, place.clock()
        before = now - place.configured.settings.articles.keep
        articles = store.prune(before, _ARTICLES)
        digests = store.prune_digests(before, _DIGESTS)
        if articles or digests:
            log.info("removed what is old", articles=articles, digests=digests, before=before.isoformat())
        if articles == _ARTICLES or digests == _DIGESTS:
            return True
        store.prune_attempts(now - KEPT_ATTEMPTS)
        store.forget_digests(before, now)
        store.prune_pages(now - KEPT_PAGES)
        return False
