"""The digest as the versioned JSON document that webhooks carry, and its published schema."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from watchdesk.config.described_schema import described_schema
from watchdesk.digests.genres import genre_of
from watchdesk.digests.links import Links
from watchdesk.digests.rendering.document_types import (
    ArticleDocument,
    BriefDocument,
    DigestDocument,
    LinksDocument,
    NotWantedDocument,
    ReasonDocument,
    RuleDocument,
    RuleReference,
    SilenceDocument,
    SourcesDocument,
    SpikeDocument,
    StoryDocument,
    UnhealthyDocument,
    WideDocument,
)
from watchdesk.digests.rendering.sanitising import safe_link
from watchdesk.digests.rendering.story_others import same_text_as
from watchdesk.digests.rendering.subject import stories_of
from watchdesk.encoding.display import encodable, shortened
from watchdesk.model import (
    Article,
    Digest,
    DigestPart,
    DigestStory,
    Judgement,
    Membership,
    SourceHealth,
    Spike,
    WaitingMatch,
)

MOST_BRIEFS = 500
LONGEST_TEXT = 4000
LONGEST_SUMMARY = 400

Names = Mapping[str, str]
"""Source id → what readers call it."""


def document_of(
    digest: Digest, subject: str, timezone: ZoneInfo, language: str, links: Links | None = None
) -> DigestDocument:
    """The digest's document. `links`: to the desk's page; None: readers reach none."""
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
        spikes=[_spike(spike) for spike in digest.spikes],
        silenced=[
            SilenceDocument(id=rule.id, title=encodable(rule.title), until=_utc(until))
            for rule, until in digest.silenced
        ],
        articles_seen=digest.articles_seen,
        last_read=_utc(digest.last_read) if digest.last_read else None,
        archive_only={
            str(standing or "not-recorded"): count for standing, count in digest.archive_only.items()
        },
        not_wanted=NotWantedDocument(
            articles=digest.not_wanted.articles, sources_wanted=digest.not_wanted.wanted
        )
        if digest.not_wanted
        else None,
        waiting_for_sources=digest.waits,
        too_wide=[
            WideDocument(id=part.rule.id, title=encodable(part.rule.title), stories=part.count)
            for part in digest.too_wide
        ],
        channels=list(digest.channels),
        ask=list(digest.ask),
        rules=[_rule(part, names, links) for part in digest.parts],
        quiet_rules=[RuleReference(id=rule.id, title=encodable(rule.title)) for rule in digest.quiet_rules],
        sources=_sources(digest.health),
    )


def webhook_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the document."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described_schema(DigestDocument)}


def _spike(spike: Spike) -> SpikeDocument:
    return SpikeDocument(
        rule=spike.rule_id,
        found=spike.found,
        usual=round(spike.usual, 2),
        until=_utc(spike.until) if spike.until else None,
    )


def _sources(health: Sequence[SourceHealth]) -> SourcesDocument:
    unhealthy = [source for source in health if not source.healthy]
    return SourcesDocument(
        healthy=len(health) - len(unhealthy),
        unhealthy=[
            UnhealthyDocument(
                id=source.source_id,
                name=encodable(source.name),
                since=_utc(source.since) if source.since else None,
                error=encodable(source.error) if source.error is not None else None,
            )
            for source in unhealthy
        ],
    )


def _rule(part: DigestPart, names: Names, links: Links | None) -> RuleDocument:
    def brief(story: DigestStory) -> BriefDocument:
        return _brief(story, names, _links(story, part, links))

    return RuleDocument(
        id=part.rule.id,
        title=encodable(part.rule.title),
        priority=str(part.rule.priority),
        tags=sorted(part.rule.tags),
        stories=[_story(story, names, _links(story, part, links)) for story in part.stories],
        left_out=part.left_out,
        more=[brief(story) for story in part.more[:MOST_BRIEFS]],
        updates=[brief(story) for story in part.updates[:MOST_BRIEFS]],
        updates_count=len(part.updates),
        held_back=[brief(story) for story in part.held_back[:MOST_BRIEFS]],
        held_back_count=len(part.held_back),
        history=list(part.history),
        history_since=_utc(part.history_since) if part.history_since else None,
        page=links.rule(part.rule.id) if links else None,
    )


def _links(story: DigestStory, part: DigestPart, links: Links | None) -> LinksDocument | None:
    article, rule = story.best.article.id, part.rule.id
    if links is None or article is None:
        return None
    return LinksDocument(
        why=links.why(article, rule),
        not_this=links.label(article, rule, Judgement.WRONG),
        more_like_this=links.label(article, rule, Judgement.RIGHT),
    )


def _brief(story: DigestStory, names: Names, links: LinksDocument | None) -> BriefDocument:
    return BriefDocument(
        article=_article(story.best.article, names),
        score=round(story.best.match.score, 4),
        new=story.told_at is None,
        story_id=story.story_id,
        copies=[copy.article.id for copy in story.others if copy.article.id is not None],
        summary=shortened(encodable(story.best.article.lead), LONGEST_SUMMARY),
        links=links,
    )


def _story(story: DigestStory, names: Names, links: LinksDocument | None) -> StoryDocument:
    best: WaitingMatch = story.best
    coverage = story.coverage
    copies = same_text_as(best, story.others)
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
        story_id=story.story_id,
        source_count=coverage.count if coverage else None,
        told_since=_utc(coverage.since) if coverage else None,
        told_last=_utc(coverage.last) if coverage else None,
        joined=list(coverage.joined_after(story.told_at)) if coverage and story.told_at else [],
        same_text=[
            match.article.id for match in story.others if match.id in copies and match.article.id is not None
        ],
        reasons=[
            _reason(match.article.id, match.membership) for match in (best, *story.others) if match.membership
        ],
        links=links,
    )


def _reason(article_id: int | None, why: Membership) -> ReasonDocument:
    return ReasonDocument(
        article=article_id,
        joined_by=str(why.joined_by),
        similarity=round(why.similarity, 4),
        nearest=why.nearest,
        terms=[encodable(term) for term in why.terms],
        sharing=str(why.shared.sharing) if why.shared else None,
        shared_with=why.shared.article_id if why.shared else None,
        containment=round(why.shared.containment, 4) if why.shared else None,
        merged_from=why.merged_from,
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
        genre=str(genre_of(article)),
    )


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
