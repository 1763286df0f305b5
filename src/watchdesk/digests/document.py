"""The digest as the versioned JSON document that webhooks carry, and its published schema."""

from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from watchdesk.model import Article, Digest, DigestPart, DigestStory, WaitingMatch

VERSION: Literal[1] = 1


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class ArticleDocument(_Part):
    """An article."""

    id: int | None
    url: str | None
    title: str
    byline: str | None
    published_at: str | None
    """UTC, ISO 8601."""
    published_known: str
    """exact, zone-assumed, day or absent."""
    first_seen: str
    language: str | None
    source: str


class StoryDocument(_Part):
    """A story: its best article, why it matched, and its copies elsewhere."""

    article: ArticleDocument
    score: float
    updated: bool
    """The article was known before it matched, or has changed since it was first seen."""
    snippet: str
    marks: list[tuple[int, int]]
    """(start, end) of the matched words in the snippet."""
    also_in: list[ArticleDocument]


class RuleDocument(_Part):
    """A rule and its stories, best first."""

    id: str
    title: str
    priority: str
    tags: list[str]
    stories: list[StoryDocument]
    left_out: int
    """Stories over the digest's `most`."""


class RuleReference(_Part):
    """A rule that found nothing."""

    id: str
    title: str


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
    story_count: int
    rules: list[RuleDocument]
    quiet_rules: list[RuleReference]
    sources: SourcesDocument


def document_of(digest: Digest, subject: str, timezone: ZoneInfo) -> DigestDocument:
    """The digest's document."""
    unhealthy = [health for health in digest.health if not health.healthy]
    return DigestDocument(
        id=digest.id,
        digest=digest.name,
        title=digest.title,
        subject=subject,
        composed_at=_utc(digest.composed_at),
        since=_utc(digest.since) if digest.since else None,
        timezone=timezone.key,
        story_count=digest.story_count,
        rules=[_rule(part) for part in digest.parts],
        quiet_rules=[RuleReference(id=rule.id, title=rule.title) for rule in digest.quiet_rules],
        sources=SourcesDocument(
            healthy=len(digest.health) - len(unhealthy),
            unhealthy=[
                UnhealthyDocument(
                    id=health.source_id,
                    name=health.name,
                    since=_utc(health.since) if health.since else None,
                    error=health.error,
                )
                for health in unhealthy
            ],
        ),
    )


def webhook_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the document."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **DigestDocument.model_json_schema()}


def _rule(part: DigestPart) -> RuleDocument:
    return RuleDocument(
        id=part.rule.id,
        title=part.rule.title,
        priority=str(part.rule.priority),
        tags=sorted(part.rule.tags),
        stories=[_story(story) for story in part.stories],
        left_out=part.left_out,
    )


def _story(story: DigestStory) -> StoryDocument:
    best: WaitingMatch = story.best
    return StoryDocument(
        article=_article(best.article),
        score=round(best.match.score, 4),
        updated=best.revised or best.article.updated_at is not None,
        snippet=best.match.snippet.text,
        marks=list(best.match.snippet.marks),
        also_in=[_article(copy.article) for copy in story.others],
    )


def _article(article: Article) -> ArticleDocument:
    return ArticleDocument(
        id=article.id,
        url=article.url,
        title=article.title,
        byline=article.byline,
        published_at=_utc(article.published_at) if article.published_at else None,
        published_known=str(article.published_known),
        first_seen=_utc(article.first_seen),
        language=article.language,
        source=article.source_id,
    )


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
