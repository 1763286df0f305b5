"""Articles, as they are read, stored and updated."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from watchdesk.model.matches import Match
from watchdesk.model.sources import SourceState
from watchdesk.model.standings import Standing
from watchdesk.model.stories import StoryFeatures

LISTED_AGAIN = timedelta(days=7)
"""How old it may become when an entry was last seen in its feed, before that is noted again."""
DAY_KEY = "d:"
"""The prefix of a story key that holds for one day only."""


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


def happened_at(published: datetime | None, known: PublishedKnown, first_seen: datetime) -> datetime:
    """When an article counts as news; see `Article.happened_at`."""
    if published is None or published > first_seen:
        return first_seen
    if known is PublishedKnown.DAY and first_seen - published < timedelta(days=1):
        return first_seen
    return published


def text_of(sections: Iterable[Section]) -> str:
    """Headings and paragraphs in reading order, a blank line between."""
    blocks: list[str] = []
    for section in sections:
        if section.heading:
            blocks.append(section.heading)
        blocks.extend(section.paragraphs)
    return "\n\n".join(blocks)


@dataclass(frozen=True, slots=True)
class Article:
    """A normalised article: plain text, an absolute address, a language, times in UTC."""

    source_id: str
    title: str
    sections: tuple[Section, ...]
    first_seen: datetime
    url: str | None = None
    """The address to open."""
    url_key: str | None = None
    """The address to compare: canonical, without trackers."""
    updated_at: datetime | None = None
    """When its source last served a different version; None: never."""
    id: int | None = None
    """Its id in the store; None for an article that is not stored."""
    byline: str | None = None
    published_at: datetime | None = None
    published_known: PublishedKnown = PublishedKnown.ABSENT
    language: str | None = None
    """ISO 639-1; None where it is uncertain."""
    categories: tuple[str, ...] = ()
    source_tags: frozenset[str] = frozenset()
    removed: tuple[str, ...] = ()
    """The lines that were removed as clutter, in order."""
    content_hash: str = ""
    """Changes when, and only when, what a reader would read changes."""

    @classmethod
    def from_text(
        cls,
        title: str = "",
        text: str = "",
        *,
        language: str | None = None,
        source: str = "text",
        source_tags: Collection[str] = (),
        url: str | None = None,
        byline: str | None = None,
        categories: Collection[str] = (),
        first_seen: datetime | None = None,
    ) -> "Article":
        """An article of plain text, as for trying rules: a blank line ends a paragraph.

        `language` is ISO 639-1, None where it is unsure; `source` the id of a source, `source_tags` its
        tags; `first_seen` is now when left out.
        """
        paragraphs = tuple(part.strip() for part in text.split("\n\n") if part.strip())
        return cls(
            source_id=source,
            title=title,
            sections=(Section(None, paragraphs),) if paragraphs else (),
            first_seen=first_seen or datetime.now(UTC),
            url=url,
            byline=byline,
            language=language,
            categories=tuple(categories),
            source_tags=frozenset(source_tags),
        )

    @property
    def text(self) -> str:
        """Headings and paragraphs in reading order, a blank line between; spans of `body` count in it."""
        return text_of(self.sections)

    @property
    def lead(self) -> str:
        """The first paragraph; empty where there is none."""
        return next((p for section in self.sections for p in section.paragraphs), "")

    @property
    def happened_at(self) -> datetime:
        """When it counts as news: when it was published, if that is known, but never after it was first
        seen.

        A date without a time says only that it was published on that day or later.
        """
        return happened_at(self.published_at, self.published_known, self.first_seen)

    @property
    def when(self) -> datetime:
        """The time shown to readers: published, else first seen."""
        return self.published_at or self.first_seen


@dataclass(frozen=True, slots=True)
class Wording:
    """What an entry says, as its feed gave it: plain text, without what its own page adds."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the store remembers of an entry."""

    article_id: int
    entry_hash: str
    """Hash of the entry as published then."""
    listed_at: datetime | None = field(default=None, compare=False)
    """When its feed was last seen to list it, within a week; None: that is not known."""


@dataclass(frozen=True, slots=True)
class PageToFetch:
    """An article's own page whose server was in trouble; it is asked for again on its own schedule."""

    source_id: str
    url: str
    sections: tuple[Section, ...]
    """The entry's own text, to which the text of the page is added."""
    since: datetime
    """When it was first requested."""
    tries: int
    """How often it was requested."""
    next_try: datetime
    error: str
    """What came of the last try, in words for the person who follows the source."""
    article_id: int | None = None
    """None before the article is stored."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """A stored entry that is still listed, with further keys, if its publisher gave it a new id."""

    source_id: str
    keys: tuple[str, ...]
    known: Known


@dataclass(frozen=True, slots=True)
class Ingested:
    """An article to be stored, with all that follows from it."""

    article: Article
    keys: tuple[str, ...]
    """Keys by which the same entry is recognised within its source, strongest first (guid, address,
    words).
    """
    entry_hash: str
    story_keys: tuple[str, ...]
    """Keys by which copies are recognised across sources; articles that share one are one story."""
    matches: tuple[Match, ...] = ()
    digests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Rule id → names of the digests its match waits for; empty when the article goes to the archive only."""
    standing: Standing = Standing.NEWS
    """Why its matches go to the archive only, where they do."""
    revises: int | None = None
    """The id of the stored article of which this is a newer version."""
    page: PageToFetch | None = None
    """Its own page, which could not be fetched yet."""
    ruled_out: frozenset[int] = frozenset()
    """Ids of stored articles that a key leads to, and that are other articles."""
    wording: Wording | None = None
    """The entry's wording, where the article has the text of its own page."""
    features: StoryFeatures | None = None
    """What else decides which story it tells; None: its story keys alone."""
    line_hashes: bytes | None = None
    """By which later articles of its source are compared with it (`articles.line_counts`); None: by its text.
    """


@dataclass(frozen=True, slots=True)
class PollPart:
    """What one source's poll has to write in one transaction; see `ports.PollStore.ingest`."""

    items: Sequence[Ingested]
    state: SourceState | None
    now: datetime
    recalled: Sequence[Recalled] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of one `Ingested`."""

    article_id: int
    """0 where the store refused it."""
    new: bool
    """False for a newer version of a stored article, and for one that another poll stored meanwhile."""
    updated: bool = False
    """A newer version with a different text replaced the stored one."""
    matched: tuple[str, ...] = ()
    """Ids of the rules whose match is new."""
    refused: str | None = None
    """Why it was not stored, if the store refused one of its values."""


def refusals(reasons: Sequence[str]) -> tuple[str, ...]:
    """The trouble of a source whose entries were refused for these reasons; empty without any."""
    if not reasons:
        return ()
    count = "1 entry" if len(reasons) == 1 else f"{len(reasons)} entries"
    return (f"{count} could not be stored, and will not be shown: {reasons[0]}",)
