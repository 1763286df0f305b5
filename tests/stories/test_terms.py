"""The terms by which articles are compared."""

import cProfile
import pstats

import pytest

from watchdesk.model import Article
from watchdesk.stories.terms import terms_of, title_terms


@pytest.mark.parametrize(
    ("title", "language", "terms"),
    [
        ("Ministers agree on the new budgets", "en", ["minister", "agree", "budget"]),
        ("北约增加军费", "zh", ["北约", "约增", "增加", "加军", "军费"]),
        ("日本、防衛費増", "ja", ["日本", "本防", "防衛", "衛費", "費増"]),
    ],
)
def test_words_are_terms_and_where_none_are_parted_two_letters_are(
    title: str, language: str, terms: list[str]
) -> None:
    assert title_terms(Article.from_text(title, "x", language=language)) == terms


def test_a_word_that_came_before_is_looked_up_and_not_worked_out_again() -> None:
    words = [f"harbours{n}" for n in range(50)]
    first = terms_of(words, "en")
    profile = cProfile.Profile()
    with profile:
        again = terms_of(words * 3, "en")
    assert again == first * 3
    assert not [name for _, _, name in pstats.Stats(profile).stats if name == "_term"]  # type: ignore[attr-defined]
