"""Articles of drawn parts, as the property tests of rules and of the index put them together."""

from collections.abc import Sequence
from datetime import UTC, datetime

from watchdesk.model import Article, Section

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def article_of(
    title: str,
    sections: Sequence[tuple[str | None, Sequence[str]]],
    language: str | None,
    source: str,
    tags: Sequence[str],
) -> Article:
    """`sections`: heading and paragraphs of each."""
    return Article(
        source,
        title,
        tuple(Section(heading, tuple(paragraphs)) for heading, paragraphs in sections),
        NOW,
        language=language,
        source_tags=frozenset(tags),
    )
