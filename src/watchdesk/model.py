"""The nouns of watchdesk: frozen dataclasses that every room speaks in.

Standard library only. Times are aware datetimes in UTC unless a name says otherwise.
What a noun is turned into (HTML, JSON, rows) is left to the rooms.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

# --- what is read -----------------------------------------------------------------------------


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


# --- outcomes of a poll -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fetched:
    """The server sent a body."""

    body: bytes
    url: str
    """Where it came from, after redirects."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    moved_to: str | None = None
    """The new address, when every redirect on the way was permanent (301, 308)."""


@dataclass(frozen=True, slots=True)
class NotModified:
    """304: nothing new since the validators we sent."""

    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 304


@dataclass(frozen=True, slots=True)
class Gone:
    """410: the publisher asks us to stop."""

    status: int = 410


@dataclass(frozen=True, slots=True)
class Throttled:
    """429 or 503: come back later. `after` is what Retry-After asked for, if it did."""

    status: int
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """No usable answer; `reason` is one sentence for the person who follows the feed."""

    reason: str
    status: int | None = None


FetchOutcome = Fetched | NotModified | Gone | Throttled | Failed


# --- articles ---------------------------------------------------------------------------------


class PublishedKnown(StrEnum):
    """How well the time of publication is known."""

    EXACT = "exact"
    ZONE_ASSUMED = "zone-assumed"
    """A time without a zone, read in the source's zone."""
    DAY = "day"
    """A date without a time."""
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading (None before the first) and the paragraphs under it."""

    heading: str | None
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """A clean article: plain text, an absolute address, a language, times in UTC."""

    source_id: str
    title: str
    sections: tuple[Section, ...]
    first_seen: datetime
    url: str | None = None
    """The address to open."""
    url_key: str | None = None
    """The address to compare: canonical, without trackers."""
    id: int | None = None
    """Its number in the store; None for an article that is not stored."""
    byline: str | None = None
    published_at: datetime | None = None
    published_known: PublishedKnown = PublishedKnown.ABSENT
    language: str | None = None
    """ISO 639-1; None where it is unsure."""
    categories: tuple[str, ...] = ()
    source_tags: frozenset[str] = frozenset()
    removed: tuple[str, ...] = ()
    """The lines that were taken out as clutter, in their order."""
    content_hash: str = ""
    """Changes when, and only when, what a reader would read changes."""

    @property
    def text(self) -> str:
        """Headings and paragraphs in reading order, a blank line between; spans of `body` count in it."""
        blocks: list[str] = []
        for section in self.sections:
            if section.heading:
                blocks.append(section.heading)
            blocks.extend(section.paragraphs)
        return "\n\n".join(blocks)

    @property
    def lead(self) -> str:
        """The first paragraph; empty where there is none."""
        return next((p for section in self.sections for p in section.paragraphs), "")

    @property
    def when(self) -> datetime:
        """The time shown to readers: published, else first seen."""
        return self.published_at or self.first_seen


@dataclass(frozen=True, slots=True)
class Known:
    """What the store remembers of an entry it has seen."""

    article_id: int
    entry_hash: str
    """Hash of the entry as it was published then."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """One article on its way into the store, and everything that follows from it."""

    article: Article
    keys: tuple[str, ...]
    """By which the same entry is known again within its source (guid, canonical address, content)."""
    entry_hash: str
    story_keys: tuple[str, ...]
    """By which copies are known across sources; articles that share one are one story."""
    matches: tuple["Match", ...] = ()
    digests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Rule id → names of the digests its match waits for; empty when the article goes to the archive only."""
    revises: int | None = None
    """The id of the stored article of which this is a newer version."""


# --- rules and matches ------------------------------------------------------------------------


class Priority(StrEnum):
    """The order of rules in a digest; high may break quiet hours."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Span:
    """Where a part of a query was found: characters `start` to `end` of the field's text."""

    field: str
    """`title`, `body` (`Article.text`), or a data field: source, author, url, lang, category."""
    start: int
    end: int
    term: str
    """The part of the query that found it, as the rule writes it."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A few words around the best spans; `marks` are (start, end) in `text`."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """An article that a rule asked for, and why."""

    rule_id: str
    score: float
    spans: tuple[Span, ...]
    snippet: Snippet
    title_marks: tuple[tuple[int, int], ...] = ()
    """Where the title holds matched words."""


@dataclass(frozen=True, slots=True)
class RuleLabel:
    """What a digest needs to know of a rule; kept with the digest, so that it outlives an edit."""

    id: str
    title: str
    priority: Priority = Priority.NORMAL
    tags: frozenset[str] = frozenset()


# --- digests ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WaitingMatch:
    """A stored match that waits for a digest."""

    id: int
    """Of its place in this digest's queue."""
    rule_id: str
    article: Article
    story_id: int
    match: Match
    matched_at: datetime
    revised: bool = False
    """The article was already known; a newer version of it brought this match."""


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
class DigestStory:
    """A story under a rule: its best article, and the copies of it elsewhere."""

    story_id: int
    best: WaitingMatch
    others: tuple[WaitingMatch, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestPart:
    """One rule's part of a digest, best story first."""

    rule: RuleLabel
    stories: tuple[DigestStory, ...]
    left_out: int = 0
    """Stories over the digest's `most`, counted and not shown."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What one digest holds, ready to be rendered."""

    name: str
    title: str
    composed_at: datetime
    since: datetime | None
    """Start of the window covered; None for a digest that never went out before."""
    parts: tuple[DigestPart, ...]
    quiet_rules: tuple[RuleLabel, ...] = ()
    """Rules of this digest that found nothing."""
    health: tuple[SourceHealth, ...] = ()
    id: str = ""
    """Stable and unique; every delivery's identity derives from it."""

    @property
    def story_count(self) -> int:
        """Stories in it; one that several rules found counts once."""
        return len({story.story_id for part in self.parts for story in part.stories})

    @property
    def left_out(self) -> int:
        """Stories that are counted but not shown."""
        return sum(part.left_out for part in self.parts)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A digest in the three forms that channels send."""

    subject: str
    html: str
    text: str
    json: str
    """The versioned document of the webhook, as JSON text."""


# --- deliveries -------------------------------------------------------------------------------


class DeliveryState(StrEnum):
    """The outbox: waiting → leased → sent; leased → waiting; → dead."""

    WAITING = "waiting"
    LEASED = "leased"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"
    """A person said that it need not be sent."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One digest on its way to one channel."""

    id: str
    """Stable: the receiver drops repeats by it (Message-ID, webhook-id)."""
    digest_id: str
    digest_name: str
    channel: str
    state: DeliveryState
    created_at: datetime
    due_at: datetime
    attempts: int = 0
    error: str | None = None
    sent_at: datetime | None = None
    note: str | None = None
    """What the receiver said of a delivery it took, for instance which recipients it refused."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A leased delivery with what is to be sent."""

    delivery: Delivery
    rendered: Rendered
    composed_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """The receiver has accepted it. `note` tells of a part it refused."""

    note: str | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """Not accepted this time; `after` is the wait the receiver asked for, if it did."""

    reason: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Refused for good; `stop_channel` when the receiver wants nothing more at all (HTTP 410)."""

    reason: str
    stop_channel: bool = False


SendOutcome = Sent | Retry | Refused


# --- what the store answers -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of one `Ingested`."""

    article_id: int
    new: bool
    """False for a newer version of a stored article, and for one that another poll stored meanwhile."""
    matched: tuple[str, ...] = ()
    """Ids of the rules whose match is new."""


@dataclass(frozen=True, slots=True)
class DigestMark:
    """What is remembered of a digest between its goings out."""

    name: str
    known_since: datetime
    """When the service first knew of it: schedules before this are not caught up."""
    last_composed: datetime | None = None
    last_scheduled: datetime | None = None
    """The scheduled time that the last cron digest stood for."""
    waiting: int = 0
    oldest_waiting: datetime | None = None
    waiting_rules: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StoredMatch:
    """A match in the archive, with what it was part of."""

    article_id: int
    match: Match
    matched_at: datetime
    digests: Mapping[str, str | None] = field(default_factory=dict)
    """Digest name → id of the digest it went out in; None while it waits."""
