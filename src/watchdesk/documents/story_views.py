"""A story: who told it when, in which words, and who has the same text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from watchdesk.documents.article_stories import (
    CoverageDocument,
    MergeDocument,
    coverage_document,
    merge_document,
)
from watchdesk.documents.articles import ReferenceDocument, reference_document
from watchdesk.documents.words import utc_text
from watchdesk.model import Article, Membership, Merge, Sharing, Spread
from watchdesk.ports import Store

MOST = 200
"""Articles of a story in its document, the first that told it."""


@dataclass(frozen=True, slots=True)
class Told:
    """An article of the story, and those with its text."""

    article: Article
    why: Membership | None
    copies: Sequence[Article]


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story as far as it is stored."""

    id: int
    coverage: Spread | None
    told: Sequence[Told]
    """In the order in which they came."""
    articles: int
    """How many it has."""
    merges: Sequence[Merge]


class ToldDocument(ReferenceDocument):
    """An article of a story."""

    first_seen: str | None
    joined_by: str | None
    similarity: float | None
    terms: list[str]
    """The words that carried the similarity."""
    is_sure: bool
    """Whether it surely belongs to the story."""
    copies: list[ReferenceDocument]
    """Articles with the same text."""


class StoryDetailDocument(CoverageDocument):
    """A story."""

    id: int
    articles: int
    told: list[ToldDocument]
    """The first 200, with their copies."""
    merges: list[MergeDocument]
    """Stories that turned out to be this one."""


def view_story(store: Store, story_id: int, most: int = MOST) -> StoryView | None:
    """The story, or the one that it turned out to be; None: no article of it is stored.

    `most`: how many of its articles are read.
    """
    numbers = store.story_articles(story_id)
    if not numbers:
        return None
    shown = numbers[:most]
    found, why = store.versions(shown), store.memberships(shown)
    now = next((one.story_id for one in why.values()), story_id)
    if now != story_id:
        return view_story(store, now, most)
    articles = [found[number] for number in shown if number in found]
    return StoryView(
        story_id,
        store.spread(story_id),
        _told(articles, why),
        len(numbers),
        store.merges(story_id),
    )


def _told(articles: Sequence[Article], why: Mapping[int, Membership]) -> Sequence[Told]:
    """Each text once, with its copies; the one of them that came first stands for all."""
    place = {article.id or 0: at for at, article in enumerate(articles)}
    head = list(range(len(articles)))

    def first(at: int) -> int:
        while head[at] != at:
            at = head[at]
        return at

    for number, at in place.items():
        shared = why[number].shared if number in why else None
        other = place.get(shared.article_id) if shared and shared.sharing is Sharing.COPY else None
        if other is not None:
            one, another = sorted((first(at), first(other)))
            head[another] = one
    copies: dict[int, list[Article]] = {}
    for at, article in enumerate(articles):
        copies.setdefault(first(at), []).append(article)
    return [Told(same[0], why.get(same[0].id or 0), same[1:]) for same in copies.values()]


def story_view_document(view: StoryView) -> StoryDetailDocument:
    """The document."""
    return {
        "id": view.id,
        "articles": view.articles,
        **coverage_document(view.coverage),
        "told": [_told_document(one) for one in view.told],
        "merges": [merge_document(merge) for merge in view.merges],
    }


def _told_document(one: Told) -> ToldDocument:
    why = one.why
    return {
        **reference_document(one.article),
        "first_seen": utc_text(one.article.first_seen),
        "joined_by": str(why.joined_by) if why else None,
        "similarity": round(why.similarity, 4) if why else None,
        "terms": list(why.terms) if why else [],
        "is_sure": why is None or why.may_hold_back,
        "copies": [reference_document(copy) for copy in one.copies],
    }
