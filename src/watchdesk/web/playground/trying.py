"""A text or page that was tried, as the page shows it: from the document that `try --json` prints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_MOST_MISSES = 20


@dataclass(frozen=True, slots=True)
class TriedArticle:
    """One article of what was tried."""

    title: str
    facts: str
    text: str
    title_marks: Sequence[tuple[int, int]]
    marks: Sequence[tuple[int, int]]
    matches: Sequence[tuple[str, float, str]]
    """Rule, score and snippet."""
    misses: Sequence[tuple[str, str]]
    """Rule, and why not."""
    more_misses: int


def shown(document: Mapping[str, Any]) -> Sequence[TriedArticle]:
    """The articles of a document."""
    return [_article(one) for one in document.get("entries", [document])]


def _article(document: Mapping[str, Any]) -> TriedArticle:
    article, misses = document["article"], document["misses"]
    spans = [span for match in document["matches"] for span in match["spans"]]
    facts = (article["byline"], article["published_at"], article["language"], article["url"])
    return TriedArticle(
        article["title"],
        " · ".join(str(fact) for fact in facts if fact),
        article["text"],
        [(span["start"], span["end"]) for span in spans if span["field"] == "title"],
        [(span["start"], span["end"]) for span in spans if span["field"] == "body"],
        [(match["rule"], match["score"], match["snippet"]) for match in document["matches"]],
        [(miss["rule"], miss["because"]) for miss in misses[:_MOST_MISSES]],
        max(0, len(misses) - _MOST_MISSES),
    )
