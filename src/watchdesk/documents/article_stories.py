"""Why an article is in its story, in sentences for the terminal and as JSON with stable keys.

It was decided in `stories` when the article came, and is kept; nothing is decided here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk.documents.words import counted, day_and_time, printable, utc_text
from watchdesk.model import (
    HOLDS_BACK,
    Article,
    Coverage,
    JoinedBy,
    Membership,
    Merge,
    SharedText,
    Sharing,
    Spread,
)
from watchdesk.ports import Store


@dataclass(frozen=True, slots=True)
class ArticleStory:
    """An article's story, and what put the article there."""

    why: Membership
    articles: Sequence[int]
    """Ids of its stored articles, by first seen."""
    coverage: Spread | None
    merges: Sequence[Merge]
    """Stories that turned out to be this one."""
    named: Mapping[int, Article]
    """The articles that the reasons name, as far as they are stored."""


class CoverageDocument(TypedDict):
    """Who tells a story."""

    source_count: int | None
    told_since: str | None
    told_last: str | None


class MergeDocument(TypedDict):
    """A story that turned out to be another."""

    id: int
    at: str | None
    similarity: float
    terms: list[str]
    """The words that carried the similarity."""


def coverage_document(coverage: Coverage | Spread | None) -> CoverageDocument:
    """Who tells a story; nulls where that is not known."""
    return {
        "source_count": coverage.count if coverage else None,
        "told_since": utc_text(coverage.since) if coverage else None,
        "told_last": utc_text(coverage.last) if coverage else None,
    }


def merge_document(merge: Merge) -> MergeDocument:
    """A story that turned out to be another."""
    return {
        "id": merge.story_id,
        "at": utc_text(merge.at),
        "similarity": round(merge.similarity, 4),
        "terms": list(merge.terms),
    }


def look_up_story(store: Store, article: Article) -> ArticleStory | None:
    """None for an article that is not stored, or is from before reasons were kept."""
    why = store.memberships([article.id]).get(article.id) if article.id is not None else None
    if why is None:
        return None
    ids = {why.nearest, why.shared.article_id if why.shared else None} - {None}
    found = [store.article(id_) for id_ in ids if id_ is not None]
    return ArticleStory(
        why,
        store.story_articles(why.story_id),
        store.spread(why.story_id),
        store.merges(why.story_id),
        {one.id: one for one in found if one is not None and one.id is not None},
    )


def story_lines(story: ArticleStory, now: datetime, zone: ZoneInfo) -> Iterator[str]:
    """Which story the article is in and why; details of the line before are indented."""
    why, coverage = story.why, story.coverage
    tell = (
        f", which {counted(coverage.count, 'source')} tell by now" if coverage and coverage.count > 1 else ""
    )
    articles = counted(len(story.articles), "article")
    yield f"It is in story {why.story_id}{tell} ({articles}): {_joined(story)}."
    if not why.may_hold_back:
        yield (
            f"  It may be about something else: below {HOLDS_BACK:.2f} it counts as no further source, and "
            "is never held back as an update."
        )
    if why.shared and why.joined_by is not JoinedBy.COPY:
        shared = _shared(why.shared, story)
        yield f"  {shared[0].upper()}{shared[1:]}."
    for merge in story.merges:
        own = " It was first in that one." if merge.story_id == why.merged_from else ""
        yield (
            f"  Story {merge.story_id} turned out to be this one {day_and_time(merge.at, now, zone)}: "
            f"similarity {merge.similarity:.2f}, by the words {_words(merge.terms)}.{own}"
        )


def story_document(story: ArticleStory) -> dict[str, object]:
    """The part `story` of `explain --json`."""
    why = story.why
    return {
        "id": why.story_id,
        "articles": list(story.articles),
        **coverage_document(story.coverage),
        "joined_by": str(why.joined_by),
        "similarity": round(why.similarity, 4),
        "holds_back": why.may_hold_back,
        "nearest": why.nearest,
        "terms": list(why.terms),
        "sharing": str(why.shared.sharing) if why.shared else None,
        "shared_with": why.shared.article_id if why.shared else None,
        "containment": round(why.shared.containment, 4) if why.shared else None,
        "merged_from": why.merged_from,
        "merges": [{**merge_document(merge), "merged_into": merge.merged_into} for merge in story.merges],
    }


def _joined(story: ArticleStory) -> str:
    why = story.why
    match why.joined_by:
        case JoinedBy.FIRST:
            return "of its articles, it was the first that was read here"
        case JoinedBy.ADDRESS:
            return "another source's article has its address"
        case JoinedBy.WORDS:
            return "another source's article begins with the same words"
        case JoinedBy.TITLE:
            return "another source's article had its title within a day"
        case JoinedBy.COPY:
            shared = why.shared
            return _shared(shared, story) if shared else "it shares most of its text with another"
        case JoinedBy.EVENT:
            near = f", nearest to {_named(why.nearest, story)}" if why.nearest is not None else ""
            return f"similarity {why.similarity:.2f}{near}, by the words {_words(why.terms)}"
        case _:
            assert_never(why.joined_by)


def _shared(shared: SharedText, story: ArticleStory) -> str:
    """A clause, without a capital and a full stop."""
    other, part = _named(shared.article_id, story), f"{shared.containment:.0%}"
    match shared.sharing:
        case Sharing.COPY:
            return f"its text is that of {other} ({part} of the shorter of the two)"
        case Sharing.PART:
            return f"it and {other} share text, one of them among much else ({part} of the shorter)"
        case Sharing.SOME:
            return f"it shares text with {other} ({part} of the shorter of the two)"
        case _:
            assert_never(shared.sharing)


def _named(article_id: int | None, story: ArticleStory) -> str:
    article = story.named.get(article_id) if article_id is not None else None
    known = f" '{printable(article.title)}' ({printable(article.source_id)})" if article else ""
    return f"article {article_id}{known}"


def _words(terms: Sequence[str]) -> str:
    return ", ".join(map(printable, terms)) or "of both"
