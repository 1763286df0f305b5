"""The digest as the versioned JSON document that webhooks carry, and its published schema."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from watchdesk.digests.rendering.sanitising import safe_link
from watchdesk.digests.rendering.subject import stories_of
from watchdesk.encoding.display import encodable, shortened
from watchdesk.model import Article, Digest, DigestPart, DigestStory, WaitingMatch

VERSION: Literal[1] = 1
MOST_BRIEFS = 500
LONGEST_TEXT = 4000
LONGEST_SUMMARY = 400

Names = Mapping[str, str]
"""Source id → what readers call it."""


class _Part(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)


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


class BriefDocument(_Part):
    """A story as its best article alone."""

    article: ArticleDocument
    score: float
    new: bool
    """No earlier digest of this name held the story."""
    summary: str
    """The beginning of the article: 400 characters at most."""
    copies: list[int]
    """Ids of the articles elsewhere that it stands for."""


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
    held_back: list[BriefDocument]
    """What the rule found while it was silenced: 500 at most."""
    held_back_count: int
    """All that it found then."""
    history: list[int]
    """What the rule found on each of 14 days, the last of them the digest's window; empty: not known."""
    history_since: str | None
    """When the last of them began; UTC, ISO 8601. Null: with the day."""


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


def document_of(digest: Digest, subject: str, timezone: ZoneInfo, language: str) -> DigestDocument:
    """The digest's document."""
    unhealthy = [health for health in digest.health if not health.healthy]
    names = {health.source_id: health.name for health in digest.health}
    return DigestDocument(
        id=digest.id,
        digest=digest.name,
        title=encodable(digest.title),
        subject=subject,
        composed_at=_utc(digest.composed_at),
        since=_utc(digest.since) if digest.since else None,
        timezone=timezone.key,
        language=language,
        story_count=digest.story_count,
        total_count=len({story.story_id for story in stories_of(digest)}),
        new_count=digest.new_count,
        test=digest.is_test,
        spikes=[
            SpikeDocument(
                rule=spike.rule_id,
                found=spike.found,
                usual=round(spike.usual, 2),
                until=_utc(spike.until) if spike.until else None,
            )
            for spike in digest.spikes
        ],
        silenced=[
            SilenceDocument(id=rule.id, title=encodable(rule.title), until=_utc(until))
            for rule, until in digest.silenced
        ],
        articles_seen=digest.articles_seen,
        last_read=_utc(digest.last_read) if digest.last_read else None,
        archive_only={
            str(standing or "not-recorded"): count for standing, count in digest.archive_only.items()
        },
        too_wide=[
            WideDocument(id=part.rule.id, title=encodable(part.rule.title), stories=part.count)
            for part in digest.too_wide
        ],
        channels=list(digest.channels),
        ask=list(digest.ask),
        rules=[_rule(part, names) for part in digest.parts],
        quiet_rules=[RuleReference(id=rule.id, title=encodable(rule.title)) for rule in digest.quiet_rules],
        sources=SourcesDocument(
            healthy=len(digest.health) - len(unhealthy),
            unhealthy=[
                UnhealthyDocument(
                    id=health.source_id,
                    name=encodable(health.name),
                    since=_utc(health.since) if health.since else None,
                    error=encodable(health.error) if health.error is not None else None,
                )
                for health in unhealthy
            ],
        ),
    )


def webhook_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the document."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **DigestDocument.model_json_schema()}


def _rule(part: DigestPart, names: Names) -> RuleDocument:
    return RuleDocument(
        id=part.rule.id,
        title=encodable(part.rule.title),
        priority=str(part.rule.priority),
        tags=sorted(part.rule.tags),
        stories=[_story(story, names) for story in part.stories],
        left_out=part.left_out,
        more=[_brief(story, names) for story in part.more[:MOST_BRIEFS]],
        held_back=[_brief(story, names) for story in part.held_back[:MOST_BRIEFS]],
        held_back_count=len(part.held_back),
        history=list(part.history),
        history_since=_utc(part.history_since) if part.history_since else None,
    )


def _brief(story: DigestStory, names: Names) -> BriefDocument:
    return BriefDocument(
        article=_article(story.best.article, names),
        score=round(story.best.match.score, 4),
        new=story.told_at is None,
        copies=[copy.article.id for copy in story.others if copy.article.id is not None],
        summary=shortened(encodable(story.best.article.lead), LONGEST_SUMMARY),
    )


def _story(story: DigestStory, names: Names) -> StoryDocument:
    best: WaitingMatch = story.best
    return StoryDocument(
        article=_article(best.article, names),
        score=round(best.match.score, 4),
        updated=best.revised or best.article.updated_at is not None,
        new=story.told_at is None,
        told_at=_utc(story.told_at) if story.told_at else None,
        snippet=encodable(best.match.snippet.text),
        marks=list(best.match.snippet.marks),
        text=shortened(encodable(best.article.text), LONGEST_TEXT),
        also_in=[_article(copy.article, names) for copy in story.others],
    )


def _article(article: Article, names: Names) -> ArticleDocument:
    return ArticleDocument(
        id=article.id,
        url=safe_link(article.url),
        title=encodable(article.title),
        byline=encodable(article.byline) if article.byline is not None else None,
        published_at=_utc(article.published_at) if article.published_at else None,
        published_known=str(article.published_known),
        first_seen=_utc(article.first_seen),
        language=article.language,
        source=article.source_id,
        source_name=encodable(names.get(article.source_id, article.source_id)),
    )


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
