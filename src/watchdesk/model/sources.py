"""What is read: a source, what is remembered of it, and what its document says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from watchdesk.model.rhythm import Rhythm

ADDRESS_ADVICE = "; check the address"
"""How the reason ends where a host's name is not known. It is of no use where most sources fail so."""


class FullText(StrEnum):
    """Whether an article's own page is fetched besides its feed entry."""

    NEVER = "never"
    WHEN_SHORT = "when-short"
    ALWAYS = "always"


class ResolveLinks(StrEnum):
    """Which links are asked where they lead, before an article is kept under its own address."""

    NEVER = "never"
    KNOWN = "known"
    """Those of link shorteners, feed proxies and aggregators."""
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Selectors:
    """CSS selectors of what the items of a listing page are; all but `item` count from the item."""

    item: str
    link: str = "a"
    title: str | None = None
    """The link's own text when left out."""
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One configured feed, with every setting already resolved (its own, else the desk's)."""

    id: str
    url: str
    kind: str = "feed"
    """feed, sitemap or page: a key of `sources.KINDS`."""
    select: Selectors | None = None
    """Of a listing page."""
    title: str | None = None
    tags: frozenset[str] = frozenset()
    language: str | None = None
    timezone: str | None = None
    """IANA name of the zone in which the source writes times that name none."""
    every: timedelta = timedelta(minutes=15)
    fastest: timedelta = timedelta(minutes=2)
    slowest: timedelta = timedelta(hours=12)
    full_text: FullText = FullText.WHEN_SHORT
    resolve_links: ResolveLinks = ResolveLinks.KNOWN
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    proxy: str | None = field(default=None, repr=False)
    paused: bool = False
    weight: float = 1.0
    """How much an article of this source counts in the order of a digest; 1 is ordinary."""
    content: str | None = None
    """CSS selector of the element that holds the article on this site's pages."""
    remove: tuple[str, ...] = ()
    """CSS selectors of what is clutter on this site's pages."""

    @property
    def name(self) -> str:
        """What readers call the source."""
        return self.title or self.id


@dataclass(frozen=True, slots=True)
class UpdateHints:
    """How often a publisher says that its feed changes: bounds below which polling it is idle."""

    ttl: timedelta | None = None
    """RSS 2.0 `ttl`, or `sy:updatePeriod` divided by `sy:updateFrequency`; the longer one."""
    skip_hours: frozenset[int] = frozenset()
    """Hours of the day, 0 to 23 in UTC, in which nothing is published (RSS 0.91 `skipHours`)."""
    skip_days: frozenset[int] = frozenset()
    """Days of the week in UTC, Monday is 0 (RSS 0.91 `skipDays`)."""


@dataclass(frozen=True, slots=True)
class Validators:
    """By what a document is asked for conditionally (RFC 9110 §13.1), and known again."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


class GuidFault(StrEnum):
    """How a publisher's ids were found to be none."""

    SHARED = "shared"
    """One document gave one id to different entries."""
    MOVED = "moved"
    """An id that stood on one article came to stand on another."""


@dataclass(frozen=True, slots=True)
class GuidDoubt:
    """Why the ids of a source are no longer believed. It holds as long as the source keeps its address."""

    fault: GuidFault
    guid: str
    since: datetime


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is remembered of a source between polls, and after a restart."""

    source_id: str
    url: str | None = None
    """The configured address that all this is about: another one has never been polled."""
    selected: str | None = None
    """The selectors by which a listing page was read: with others, the same page says something else."""
    moved_to: str | None = None
    """Where permanent redirects led at the last poll (301, 308); None: nowhere."""
    moved_polls: int = 0
    """Polls in a row that ended at `moved_to`."""
    held_until: datetime | None = None
    """Until when the server asked to be left alone (Retry-After); it counts for its whole host."""
    hints: UpdateHints = UpdateHints()
    rhythm: Rhythm | None = None
    """When it publishes, as learned; None before anything was."""
    window: int = 0
    """How many entries its last document held."""
    gaps: int = 0
    """Polls whose document shared no entry with the one before: something was probably missed."""
    last_gap: datetime | None = None
    """The last whose missing entries could not be read from older pages."""
    parts: Mapping[str, Validators] = field(default_factory=dict)
    """By address: what is remembered of the documents that its own one leads to (a sitemap index)."""
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
    guid_doubt: GuidDoubt | None = None
    """Why its ids are not believed; None: they are."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """When a source is to be polled, as far as the scheduler needs to know."""

    url: str | None
    """The configured address it was made for."""
    next_poll: datetime | None
    held_until: datetime | None
    gone: bool


@dataclass(frozen=True, slots=True)
class SourceCondition:
    """How a source was read, as far as its health goes by it: a `SourceState` in short."""

    url: str | None
    """The configured address that all this is about."""
    title: str | None
    last_success: datetime | None
    failures: int
    error: str | None
    gone: bool


@dataclass(frozen=True, slots=True)
class SourceSummary(SourceCondition):
    """What a person is shown of a source: a `SourceState` without what only polls need."""

    moved_to: str | None = None
    moved_polls: int = 0
    status: int | None = None
    last_attempt: datetime | None = None
    last_new: datetime | None = None
    next_poll: datetime | None = None
    gaps: int = 0
    last_gap: datetime | None = None
    trouble: tuple[str, ...] = ()
    guids_believed: bool = True


NEVER_POLLED = SourceSummary(None, None, None, 0, None, gone=False)


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
    """May hold HTML, unless `title_is_text`."""
    title_is_text: bool = False
    """The publisher says that the title is plain text: what looks like markup in it are its words."""
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
    hints: UpdateHints = UpdateHints()
    older: str | None = None
    """Address of the document with the entries before these (RFC 5005 §3, §4; WordPress's pages)."""
    parts: Mapping[str, datetime | None] = field(default_factory=dict)
    """Documents that hold the entries, and when each last changed, if known (a sitemap index)."""
