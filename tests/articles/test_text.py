"""Plain texts: a date, a headline, headed sections, and the clutter at their end."""

from datetime import UTC, datetime

import pytest

from watchdesk.articles import read_text
from watchdesk.errors import UnreadableInput
from watchdesk.model import Article, Source

NOW = datetime(2025, 11, 24, 12, 0, tzinfo=UTC)
SOURCE = Source("paper", "https://paper.example/feed", timezone="America/New_York")
TEXT = """7:38 am - February 12, 2025

Harbour Minister’s First Visit: Cranes Before Ships

Introduction: A Visit in the Rain

The harbour minister came on Tuesday, in the rain, to see the new cranes. She stayed for an hour.

What She Said

Ships would follow, she said, once the cranes were paid for. Nobody asked when that would be.

The visit ended at noon.

Share.
© 2025 Quay Today. All Rights Reserved. Developed By: Pier Studios.
Exit mobile version"""


def read(text: str) -> Article:
    return read_text(text, SOURCE, NOW)


def test_a_text_in_the_everyday_shape_is_read_in_full() -> None:
    article = read(TEXT)
    assert article.title == "Harbour Minister’s First Visit: Cranes Before Ships"
    assert article.published_at == datetime(2025, 2, 12, 12, 38, tzinfo=UTC)
    assert [section.heading for section in article.sections] == [
        "Introduction: A Visit in the Rain",
        "What She Said",
    ]
    assert article.sections[-1].paragraphs[-1] == "The visit ended at noon."
    assert article.removed[-3:] == (
        "Share.",
        "© 2025 Quay Today. All Rights Reserved. Developed By: Pier Studios.",
        "Exit mobile version",
    )


def test_wrapped_lines_are_one_paragraph() -> None:
    assert read("A headline here\n\nThe first line goes\non in the second\nand ends here.").sections[
        0
    ].paragraphs == ("The first line goes on in the second and ends here.",)


def test_a_text_of_one_sentence_is_an_article() -> None:
    article = read("The pipeline was reopened at noon.")
    assert article.title == article.text == "The pipeline was reopened at noon."


def test_windows_line_ends_are_line_ends() -> None:
    assert read(TEXT.replace("\n", "\r\n")).sections == read(TEXT).sections


@pytest.mark.parametrize("text", ["", " \n ", "***\n---"])
def test_a_text_without_a_word_is_refused(text: str) -> None:
    with pytest.raises(UnreadableInput, match="no text"):
        read(text)
