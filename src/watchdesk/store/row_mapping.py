"""Maps articles and matches to rows and back. Sections, spans and the like are JSON within a row."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Any

from watchdesk.model import Article, Match, PublishedKnown, Section, Snippet, Span

Row = Mapping[Any, Any]


def article_row(article: Article) -> dict[str, Any]:
    """All columns but its number and its story."""
    return {
        "source_id": article.source_id,
        "url": article.url,
        "url_key": article.url_key,
        "title": article.title,
        "byline": article.byline,
        "published_at": article.published_at,
        "published_known": str(article.published_known),
        "language": article.language,
        "first_seen": article.first_seen,
        "updated_at": article.updated_at,
        "sections": sections_column(article.sections),
        "categories": list(article.categories),
        "source_tags": sorted(article.source_tags),
        "removed": list(article.removed),
        "content_hash": article.content_hash,
    }


def article_of(row: Row) -> Article:
    """The article as it was stored."""
    return Article(
        id=row["id"],
        source_id=row["source_id"],
        url=row["url"],
        url_key=row["url_key"],
        title=row["title"],
        byline=row["byline"],
        published_at=row["published_at"],
        published_known=PublishedKnown(row["published_known"]),
        language=row["language"],
        first_seen=row["first_seen"],
        updated_at=row["updated_at"],
        sections=sections_of(row["sections"]),
        categories=tuple(row["categories"]),
        source_tags=frozenset(row["source_tags"]),
        removed=tuple(row["removed"]),
        content_hash=row["content_hash"],
    )


def sections_column(sections: Sequence[Section]) -> list[list[Any]]:
    """As JSON for a row."""
    return [[section.heading, list(section.paragraphs)] for section in sections]


def sections_of(column: list[list[Any]]) -> tuple[Section, ...]:
    """As they were stored."""
    return tuple(Section(heading, tuple(paragraphs)) for heading, paragraphs in column)


def match_row(match: Match) -> dict[str, Any]:
    """All columns but its article and its time."""
    return {
        "rule_id": match.rule,
        "score": match.score,
        "spans": [list(astuple(span)) for span in match.spans],
        "snippet": [match.snippet.text, [list(mark) for mark in match.snippet.marks]],
        "title_marks": [list(mark) for mark in match.title_marks],
    }


def match_of(row: Row) -> Match:
    """The match as it was stored."""
    text, marks = row["snippet"]
    return Match(
        rule=row["rule_id"],
        score=row["score"],
        spans=tuple(Span(*span) for span in row["spans"]),
        snippet=Snippet(text, _marks(marks)),
        title_marks=_marks(row["title_marks"]),
    )


def _marks(marks: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in marks)
