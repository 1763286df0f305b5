"""The fields of the versioned JSON document, from which its published schema is made."""

from typing import Literal

from pydantic import BaseModel, Field

VERSION: Literal[1] = 1


class _Part(BaseModel):
    """Below each field stands its description in the schema."""


class ArticleDocument(_Part):
    """An article."""

    id: int | None
    url: str | None
    """Of http or https; null: it has none that is safe to open."""
    title: str
    byline: str | None
    published_at: str | None
    """UTC, ISO 8601."""
    published_known: str
    """exact, zone-assumed, day or absent."""
    first_seen: str
    language: str | None
    source: str
    """Its id in the configuration."""
    source_name: str
    """Its title, as readers know it."""
    genre: str
    """What it says that it is: report, opinion, list, live or preview."""


class ReasonDocument(_Part):
    """Why an article is in its story."""

    article: int | None
    """Its id."""
    joined_by: str
    """first, address, words, title, copy or event."""
    similarity: float
    """To the story, from 0 to 1; below 0.2 it may be about something else, and holds nothing back."""
    nearest: int | None
    """Id of the article that it is nearest to."""
    terms: list[str]
    """The words that carried the similarity, the strongest first."""
    sharing: str | None
    """copy, part of, or shares text with; null: it shares no text."""
    shared_with: int | None
    """Id of the article that it shares text with."""
    containment: float | None
    """The part of the shorter text that the longer one holds, from 0 to 1."""
    merged_from: int | None
    """The story that it was first put into, where that turned out to be this one."""


class LinksDocument(_Part):
    """The desk's pages for readers; each opens without the token, for 90 days."""

    why: str
    """The article, and why the rule found it."""
    not_this: str
    """Where a reader says so; opening it says nothing."""
    more_like_this: str


def _has_no_links(value: object) -> bool:
    return value is None


class StoryDocument(_Part):
    """A story: its best article, why it matched, and its copies elsewhere."""

    article: ArticleDocument
    score: float
    updated: bool
    """The article was known before it matched, or has changed since it was first seen."""
    new: bool
    """No earlier digest of this name held the story."""
    told_at: str | None
    """When an earlier digest of this name last held the story; UTC, ISO 8601."""
    snippet: str
    marks: list[tuple[int, int]]
    """(start, end) of the matched words in the snippet."""
    text: str
    """Of the article, a blank line between paragraphs: 4,000 characters at most."""
    also_in: list[ArticleDocument]
    story_id: int
    """The same in every digest, unless the story turns out to be an older one."""
    source_count: int | None
    """Sources that tell it, found by a rule or not; null: not known."""
    told_since: str | None
    """When the first of them told it; UTC, ISO 8601."""
    told_last: str | None
    """When the last did; UTC, ISO 8601."""
    joined: list[str]
    """Ids of the sources that began to tell it after `told_at`."""
    same_text: list[int]
    """Ids of those in `also_in` that have the text of the article."""
    reasons: list[ReasonDocument]
    """Why the article and those in `also_in` are in the story, as far as it is known."""
    links: LinksDocument | None = Field(default=None, exclude_if=_has_no_links)
    """Left out where readers reach no page."""


class BriefDocument(_Part):
    """A story as its best article alone."""

    article: ArticleDocument
    score: float
    new: bool
    """No earlier digest of this name held the story."""
    summary: str
    """The beginning of the article: 400 characters at most."""
    story_id: int
    """As in the stories."""
    copies: list[int]
    """Ids of the articles elsewhere that it stands for."""
    links: LinksDocument | None = Field(default=None, exclude_if=_has_no_links)
    """As in the stories."""


class RuleDocument(_Part):
    """A rule and its stories, best first."""

    id: str
    title: str
    priority: str
    tags: list[str]
    stories: list[StoryDocument]
    left_out: int
    """Stories over the digest's `most`."""
    more: list[BriefDocument]
    """Those of them that are named, best first: 500 of a rule at most."""
    updates: list[BriefDocument]
    """News of stories that the digest told before, where it holds them: 500 at most."""
    updates_count: int
    """All of them."""
    held_back: list[BriefDocument]
    """What the rule found while it was silenced: 500 at most."""
    held_back_count: int
    """All that it found then."""
    history: list[int]
    """What the rule found on each of 14 days, the last of them the digest's window; empty: not known."""
    history_since: str | None
    """When the last of them began; UTC, ISO 8601. Null: with the day."""
    page: str | None = Field(default=None, exclude_if=_has_no_links)
    """Of the rule and its silences, by a link like those of stories; left out where readers reach no page."""


class RuleReference(_Part):
    """A rule of this digest."""

    id: str
    title: str


class SpikeDocument(_Part):
    """A rule of which one hour holds many times what is usual."""

    rule: str
    """Its id."""
    found: int
    """In that hour."""
    usual: float
    """In such an hour."""
    until: str | None
    """When the hour ended, UTC, ISO 8601; null: it is the hour before the digest."""


class WideDocument(_Part):
    """A rule that found more than anyone reads."""

    id: str
    title: str
    stories: int


class SilenceDocument(_Part):
    """A rule that is silent now."""

    id: str
    title: str
    until: str
    """UTC, ISO 8601."""


class NotWantedDocument(_Part):
    """What was let go because too few sources told its story within 48 hours."""

    articles: int
    sources_wanted: int


class UnhealthyDocument(_Part):
    """A source that cannot be read."""

    id: str
    name: str
    since: str | None
    error: str | None


class SourcesDocument(_Part):
    """The health of the sources."""

    healthy: int
    unhealthy: list[UnhealthyDocument]


class DigestDocument(_Part):
    """A digest. New keys may be added within a version; none changes its meaning."""

    version: Literal[1] = VERSION
    type: Literal["digest"] = "digest"
    id: str
    digest: str
    title: str
    subject: str
    composed_at: str
    since: str | None
    timezone: str
    language: str
    """Of the digest's own words, ISO 639-1."""
    story_count: int
    """Stories in `stories`; one that several rules found counts once."""
    total_count: int
    """All stories, shown or not; one that several rules found counts once."""
    new_count: int
    """Stories that no earlier digest of this name held, whether shown or not."""
    test: bool
    """Sent by hand to try a channel; its stories will come again."""
    spikes: list[SpikeDocument]
    silenced: list[SilenceDocument]
    articles_seen: int | None
    """New articles of the window, matched or not; null: not counted."""
    last_read: str | None
    """When a source was last read; UTC, ISO 8601."""
    archive_only: dict[str, int]
    """How many articles of the window these rules found that alert nobody, by the reason: too-old,
    old-at-first-poll, undated-at-first-poll, older-than-its-gap, not-recorded."""
    not_wanted: NotWantedDocument | None
    """What was let go in the window; null: the digest asks for no number of sources."""
    waiting_for_sources: int
    """Articles that wait for more sources."""
    too_wide: list[WideDocument]
    """Rules that found more than anyone reads, the widest first."""
    channels: list[str]
    """What it is sent to."""
    ask: list[str]
    """Mail addresses of those whom its readers may ask."""
    rules: list[RuleDocument]
    quiet_rules: list[RuleReference]
    """Those that found nothing."""
    sources: SourcesDocument
