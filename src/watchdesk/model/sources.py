"""What is read: a source, what is remembered of it, and what its document says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class FullText(StrEnum):
    """Whether an article's own page is fetched besides its feed entry."""

    NEVER = "never"
    WHEN_SHORT = "when-short"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Source:
    """One configured feed, with every setting already resolved (its own, else the desk's)."""

    id: str
    url: str
    kind: str = "feed"
    title: str | None = None
    tags: frozenset[str] = frozenset()
    language: str | None = None
    timezone: str | None = None
    """IANA name of the zone in which the source writes times that name none."""
    every: timedelta = timedelta(minutes=15)
    fastest: timedelta = timedelta(minutes=2)
    slowest: timedelta = timedelta(hours=12)
    full_text: FullText = FullText.WHEN_SHORT
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    proxy: str | None = field(default=None, repr=False)
    paused: bool = False
    content: str | None = None
    """CSS selector of the element that holds the article on this site's pages."""
    remove: tuple[str, ...] = ()
    """CSS selectors of what is clutter on this site's pages."""

    @property
    def name(self) -> str:
        """What readers call the source."""
        return self.title or self.id


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is remembered of a source between polls, and after a restart."""

    source_id: str
    etag: str | None = None
    """Exactly as received, to be sent back in If-None-Match (RFC 9110 §8.8.3)."""
    last_modified: str | None = None
    """Exactly as received, to be sent back in If-Modified-Since (RFC 9110 §8.8.2)."""
    body_hash: str | None = None
    next_poll: datetime | None = None
    """None: never polled, so due at once."""
    last_attempt: datetime | None = None
    last_success: datetime | None = None
    last_new: datetime | None = None
    """When a poll last brought an article that was not known."""
    status: int | None = None
    """The last HTTP status; None when no answer came."""
    failures: int = 0
    """Polls that failed in a row."""
    error: str | None = None
    """Why the last poll failed; None when it did not."""
    trouble: tuple[str, ...] = ()
    """What was wrong with a feed that could be read all the same."""
    title: str | None = None
    """The feed's own title, for a source whose configuration gives none."""
    gone: bool = False
    """The publisher said that the feed is gone for good (HTTP 410)."""


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """One source as the foot of a digest and `watchdesk sources` show it."""

    source_id: str
    name: str
    healthy: bool
    since: datetime | None = None
    """Of the trouble: the last success before it; None when there never was one."""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as its feed published it: untrusted, unread, nothing interpreted."""

    guid: str | None = None
    url: str | None = None
    title: str | None = None
    """May hold HTML."""
    summary: str | None = None
    """May hold HTML."""
    content: str | None = None
    """May hold HTML; the fullest body the feed gives."""
    author: str | None = None
    published: str | None = None
    """The date as written: feedparser's own reading of dates is not to be trusted."""
    updated: str | None = None
    categories: tuple[str, ...] = ()
    language: str | None = None
    original_url: str | None = None
    """feedburner:origLink, where a feed's links lead through a counter."""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a feed document says."""

    entries: tuple[Entry, ...]
    title: str | None = None
    language: str | None = None
    base_url: str | None = None
    """What relative addresses in it are relative to."""
    trouble: tuple[str, ...] = ()
    """What was wrong with it, in words for the person who follows the feed."""
