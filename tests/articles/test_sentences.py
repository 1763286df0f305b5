"""Sentences that begin like a call to readers are kept, through the whole path; calls are taken out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from watchdesk.articles import read_page
from watchdesk.model import Source

DATA = Path(__file__).parent.parent / "data" / "articles"
SENTENCES = (DATA / "sentences.txt").read_text().splitlines()
CALLS = (DATA / "calls.txt").read_text().splitlines()
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SOURCE = Source("paper", "https://paper.example/feed")
STORY = (
    "The harbour council met on Monday to decide how forty boats would be moved before the storms come.",
    "Pilots told the meeting that they had asked for the papers in October, and that nobody had answered.",
    "A second reading is planned for the spring, when the new wall is to be finished and paid for.",
)


def text_of(*paragraphs: str) -> list[str]:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    page = f"<title>Boats are moved</title><article><h1>Boats are moved</h1>{body}</article>"
    article = read_page(page.encode(), None, SOURCE, NOW)
    return [line for section in article.sections for line in (section.heading, *section.paragraphs) if line]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_stays_wherever_it_stands(sentence: str) -> None:
    first, *others = STORY
    assert sentence in text_of(first, sentence, *others)
    assert sentence in text_of(*STORY, sentence)


@pytest.mark.parametrize("call", CALLS)
def test_a_call_goes(call: str) -> None:
    first, *others = STORY
    assert text_of(first, call, *others) == list(STORY)
