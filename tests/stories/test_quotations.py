"""Quotations are left out of passages whatever marks they stand in."""

import random

from watchdesk.model import Article
from watchdesk.stories import features_of

_WORDS = [f"word{number}" for number in range(400)]


def test_straight_quotation_marks_part_a_text_as_curly_ones_do() -> None:
    rng = random.Random(1)
    for _ in range(200):
        text = "\n\n".join(_paragraph(rng) for _ in range(rng.randrange(1, 6)))
        straight = text.replace("“", '"').replace("”", '"')
        assert features_of(_article(straight)) == features_of(_article(text))


def _paragraph(rng: random.Random) -> str:
    """Some parts of it quoted; the last quotation may go on in the next paragraph."""
    parts = [" ".join(rng.choices(_WORDS, k=rng.randrange(1, 60))) for _ in range(rng.randrange(1, 6))]
    told = " ".join(f"“{part}”" if rng.random() < 0.5 else part for part in parts)
    return told.rstrip("”") if rng.random() < 0.3 else told


def _article(text: str) -> Article:
    return Article.from_text("A title of some words", text, language="en")
