"""What a tried article became, and which rules match it, as a JSON document."""

from typing import Any, NotRequired

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk.documents.articles import article_document, match_document, miss_document
from watchdesk.documents.backtests import SpanPart
from watchdesk.model import Article
from watchdesk.rules import RuleSet


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
    removed: list[str]
    """What was left out as clutter."""


class RuleMatchPart(TypedDict):
    """A rule that matches."""

    rule: str
    score: float
    spans: list[SpanPart]
    snippet: str


class MissPart(TypedDict):
    """A rule that does not match."""

    rule: str
    because: str


class TryDocument(TypedDict):
    """One article that was tried."""

    article: ArticlePart
    matches: list[RuleMatchPart]
    misses: list[MissPart]
    entries: NotRequired[list[Any]]
    """Of a feed: all its articles, of which the first stands above."""


def try_document(rules: RuleSet, article: Article) -> dict[str, object]:
    """A `TryDocument`."""
    return {
        "article": article_document(article),
        "matches": [match_document(match) for match in rules.match(article)],
        "misses": [miss_document(miss) for miss in rules.misses(article)],
    }
