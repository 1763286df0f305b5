"""The stories that the articles of a search tell, as a JSON document."""

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk.documents.article_stories import CoverageDocument, coverage_document
from watchdesk.documents.articles import ReferenceDocument, reference_document
from watchdesk.documents.searches import Searched
from watchdesk.documents.words import utc_text
from watchdesk.ports import Store


class StoryPart(CoverageDocument):
    """A story, and what of it was found."""

    id: int
    found: list[ReferenceDocument]
    """Its articles among those that were found, the newest first."""


class StoriesDocument(TypedDict):
    """Stories, those with the newest article that was found first."""

    stories: list[StoryPart]
    without_story: int
    """Articles that were found and of whose story nothing is kept."""
    next: str | None
    """The `cursor` of what follows; null: there is no more. A story may come again there."""
    searched_back_to: str | None
    """Set when time was up: the search goes on from there with `cursor`."""


def stories_document(store: Store, searched: Searched, next_cursor: str | None) -> StoriesDocument:
    """The document of what a search found."""
    articles = [article for article, _ in searched.found]
    why = store.memberships([article.id for article in articles if article.id is not None])
    found: dict[int, list[ReferenceDocument]] = {}
    for article in articles:
        if belongs := why.get(article.id or 0):
            found.setdefault(belongs.story_id, []).append(reference_document(article))
    coverage = store.coverage(list(found))
    return {
        "stories": [
            {"id": number, **coverage_document(coverage.get(number)), "found": told}
            for number, told in found.items()
        ],
        "without_story": len(articles) - sum(map(len, found.values())),
        "next": next_cursor,
        "searched_back_to": utc_text(searched.reached),
    }
