"""What a tried article became, and which rules match it, as a JSON document."""

from typing import Any, NotRequired

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk.documents.articles import (
    ArticlePart,
    MissPart,
    RuleMatchPart,
    article_document,
    match_document,
    miss_document,
)
from watchdesk.model import Article
from watchdesk.rules import RuleSet


class TryDocument(TypedDict):
    """One article that was tried."""

    article: ArticlePart
    matches: list[RuleMatchPart]
    misses: list[MissPart]
    entries: NotRequired[list[Any]]
    """Of a feed: all its articles, of which the first stands above."""


def try_document(rules: RuleSet, article: Article) -> TryDocument:
    """The document."""
    return {
        "article": article_document(article),
        "matches": [match_document(match) for match in rules.match(article)],
        "misses": [miss_document(miss) for miss in rules.misses(article)],
    }
