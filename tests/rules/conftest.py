"""Articles in short, for the tests of the rules."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from watchdesk.model import Article, Section

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

MakeArticle = Callable[..., Article]


def _article(
    text: str = "",
    *,
    title: str = "",
    heading: str | None = None,
    language: str | None = "en",
    source_id: str = "wire",
    source_tags: tuple[str, ...] = (),
    byline: str | None = None,
    url: str | None = None,
    categories: tuple[str, ...] = (),
) -> Article:
    paragraphs = tuple(part for part in text.split("\n\n") if part)
    sections = (Section(heading, paragraphs),) if paragraphs or heading else ()
    return Article(
        source_id=source_id,
        title=title,
        sections=sections,
        first_seen=NOW,
        language=language,
        source_tags=frozenset(source_tags),
        byline=byline,
        url=url,
        categories=categories,
    )


@pytest.fixture
def article() -> MakeArticle:
    """Makes an article; a blank line in the text ends a paragraph."""
    return _article
