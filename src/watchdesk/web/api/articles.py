"""/api/v1/articles: what `watchdesk search --json` prints, a page at a time."""

from dataclasses import dataclass

from watchdesk.documents.searches import SearchDocument, search_document
from watchdesk.web.api.parameters import Limit
from watchdesk.web.asked import Asked, Refusal
from watchdesk.web.routes import Operation
from watchdesk.web.searching import SEARCHING, NotUnderstood, Typed, cursor_of


@dataclass(frozen=True, slots=True)
class _Search:
    query: str = ""
    """Of the rule language; left out: the newest articles."""
    since: str = ""
    """Only articles that were first seen this recently, such as 30d."""
    limit: Limit = 50
    cursor: str | None = None
    """The `next` of the page before."""


def _articles(asked: Asked, given: _Search) -> SearchDocument:
    try:
        found = SEARCHING.search(asked, Typed(given.query, given.since, given.cursor), given.limit)
    except NotUnderstood as error:
        raise Refusal(400, str(error)) from None
    return search_document(found, cursor_of(found.next))


ARTICLES = Operation(
    "/articles",
    "What a query of the rule language finds in the archive, the newest first",
    _articles,
    document=SearchDocument,
    parameters=_Search,
)
