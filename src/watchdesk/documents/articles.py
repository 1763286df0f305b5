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


class FoundPart(TypedDict):
    """What was found in an article."""

    score: float
    spans: list[SpanDocument]
    snippet: str


class FoundDocument(ReferenceDocument, FoundPart):
    """An article that a query found."""


class SectionPart(TypedDict):
    """A heading and what stands below it."""

    heading: str | None
    paragraphs: list[str]


class ArticlePart(TypedDict):
    """A whole article."""

    url: str | None
    title: str
    byline: str | None
    published_at: str | None
    published_known: str
    language: str | None
    source: str
    lead: str
    sections: list[SectionPart]
    text: str
    """Spans of the field `body` count in it."""
    removed: list[str]
    """Lines that were removed as clutter."""


class RuleMatchPart(FoundPart):
    """A rule that matches."""

    rule: str


class MissPart(TypedDict):
    """A rule that does not match."""

    rule: str
    because: str


def found_part(match: Match) -> FoundPart:
    """What was found in an article."""
    return {
        "score": match.score,
        "spans": [span_document(span) for span in match.spans],
        "snippet": match.snippet.text,
    }


def found_document(article: Article, match: Match) -> FoundDocument:
    """An article of a search."""
    return {**reference_document(article), **found_part(match)}


def article_document(article: Article) -> ArticlePart:
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


def match_document(match: Match) -> RuleMatchPart:
    """A match of `try --json`."""
    return {"rule": match.rule, **found_part(match)}


def miss_document(miss: "Miss") -> MissPart:
    """A rule that did not match, and why."""
    return {"rule": miss.rule_id, "because": miss.because}


def span_document(span: Span) -> SpanDocument:
    """Where a part of a query was found: characters of the field's text."""
    return {"field": span.field, "start": span.start, "end": span.end, "term": span.term}
