"""Whether an article that was seen for the first time may alert anyone, or goes to the archive only."""

from datetime import datetime, timedelta

from watchdesk.model import Article, Standing

_CLOCKS_DIFFER = timedelta(days=1)
"""Publishers' dates are believed to so much: zones are left out, and days written without a time."""


def standing(
    article: Article,
    *,
    first_poll: bool,
    backlog: timedelta | None,
    oldest: timedelta | None,
    gap_since: datetime | None = None,
) -> Standing:
    """The standing of an article of a poll.

    `first_poll`: the source was never polled with success before. `backlog`: what the first poll
    may alert of (`polling.first_poll`); None for all. `oldest`: `articles.oldest`; None for no limit.
    `gap_since`: it was read from an older page to fill a gap that began then.
    """
    if first_poll and backlog is not None:
        if article.published_at is None:
            return Standing.UNDATED_AT_FIRST_POLL
        if _age(article, article.first_seen) >= backlog:
            return Standing.OLD_AT_FIRST_POLL
    # A gap that seems to begin in the future was remembered by a clock that was ahead.
    believed = gap_since if gap_since and gap_since <= article.first_seen else None
    if believed and article.published_at and article.published_at < believed - _CLOCKS_DIFFER:
        return Standing.OLDER_THAN_ITS_GAP
    if oldest is not None and _age(article, article.first_seen) > oldest:
        return Standing.TOO_OLD
    return Standing.NEWS


def _age(article: Article, now: datetime) -> timedelta:
    return now - article.when
