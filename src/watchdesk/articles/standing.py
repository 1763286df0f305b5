"""Whether a new article may alert anyone, or goes to the archive only, and why. Pure."""

from datetime import datetime, timedelta

from watchdesk.model import Article, Standing

_CLOCKS_DIFFER = timedelta(days=1)
"""How far publishers' dates may be off: zones are left out, and days are written without a time."""


def standing(
    article: Article,
    *,
    first_poll: bool,
    backlog: timedelta | None,
    oldest: timedelta | None,
    gap_since: datetime | None = None,
) -> Standing:
    """The standing of a new article of a poll.

    `first_poll`: the source was never polled successfully before. `backlog`: how old articles of the first
    poll may be to alert (`polling.first_poll`); None: any age. `oldest`: `articles.oldest`; None: no limit.
    `gap_since`: it was read from an older page, to fill a gap that began then.
    """
    if first_poll and backlog is not None:
        if article.published_at is None:
            return Standing.UNDATED_AT_FIRST_POLL
        if _age(article, article.first_seen) >= backlog:
            return Standing.OLD_AT_FIRST_POLL
    # A gap that begins in the future was recorded by a clock that was ahead.
    believed = gap_since if gap_since and gap_since <= article.first_seen else None
    if believed and article.published_at and article.published_at < believed - _CLOCKS_DIFFER:
        return Standing.OLDER_THAN_ITS_GAP
    if oldest is not None and _age(article, article.first_seen) > oldest:
        return Standing.TOO_OLD
    return Standing.NEWS


def _age(article: Article, now: datetime) -> timedelta:
    return now - article.when
