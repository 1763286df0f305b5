"""Articles, matches and misses as JSON documents: stable keys, times in ISO 8601 and UTC."""

from typing import TYPE_CHECKING

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk.documents.words import utc_text
from watchdesk.model import Article, Match, Span

if TYPE_CHECKING:
    from watchdesk.rules import Miss


class ReferenceDocument(TypedDict):
    """An article in brief."""

    id: int | None
    url: str | None
    title: str
    published_at: str | None
    source: str


def reference_document(article: Article) -> ReferenceDocument:
    """An article in brief, as in lists."""
    return {
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "published_at": utc_text(article.published_at),
        "source": article.source_id,
    }


class SpanDocument(TypedDict):
    """Where a part of a query was found: characters of the field's text."""

    field: str
    start: int
    end: int
    term: str


class FoundDocument(ReferenceDocument):
    """An article that a query found."""

    score: float
    spans: list[SpanDocument]
    snippet: str


def found_document(article: Article, match: Match) -> FoundDocument:
    """An article of a search."""
    return {
        **reference_document(article),
        "score": match.score,
        "spans": [span_document(span) for span in match.spans],
        "snippet": match.snippet.text,
    }


def article_document(article: Article) -> dict[str, object]:
    """A whole article, as `try --json` gives it."""
    return {
        "url": article.url,
        "title": article.title,
        "byline": article.byline,
        "published_at": utc_text(article.published_at),
        "published_known": str(article.published_known),
        "language": article.language,
        "source": article.source_id,
        "lead": article.lead,
        "sections": [
            {"heading": section.heading, "paragraphs": list(section.paragraphs)}
            for section in article.sections
        ],
        "text": article.text,
        "removed": list(article.removed),
    }


def match_document(match: Match) -> dict[str, object]:
    """A match of `try --json`."""
    return {
        "rule": match.rule,
        "score": match.score,
        "spans": [span_document(span) for span in match.spans],
        "snippet": match.snippet.text,
    }


def miss_document(miss: "Miss") -> dict[str, object]:
    """A rule that did not match, and why."""
    return {"rule": miss.rule_id, "because": miss.because}


def span_document(span: Span) -> SpanDocument:
    """Where a part of a query was found: characters of the field's text."""
    return {"field": span.field, "start": span.start, "end": span.end, "term": span.term}
