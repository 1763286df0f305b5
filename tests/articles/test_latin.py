"""Texts in Latin-1 are folded by a table, with the same words as by expressions."""

from hypothesis import example, given
from hypothesis import strategies as st

from watchdesk.articles.latin import latin_words
from watchdesk.articles.plain import folded, folded_words, one_line

_BEYOND = " ж"
"""A word that no table knows: with it, a text is folded by expressions."""


@given(st.text(st.characters(max_codepoint=255) | st.sampled_from("’‘“”–—…„‚‹›•€")))
@example("Größe, STRASSE: 10½ µm² ©®ª¨´\xa0\xad_ø")
@example("“It’s…” — said\x1f\x85nobody")
@example("e\u0301 ﬁ ™")
def test_the_table_gives_the_same_words(text: str) -> None:
    assert f"{folded(text)}{_BEYOND}".split() == folded(text + _BEYOND).split()
    assert [*folded_words(text), "ж"] == folded_words(text + _BEYOND)


def test_the_table_is_used_for_what_most_texts_are() -> None:
    assert latin_words("“It’s the Größe” — she said…") == ["it", "s", "the", "grösse", "she", "said"]
    assert latin_words("Größe ½") is None
    assert latin_words("слово") is None


@given(st.text(st.characters(max_codepoint=0x2122)))
@example("a\xa0b\xadc\u200bd £ “e” e\u0301\x9f\n")
def test_a_line_is_the_same_whether_its_characters_are_looked_at_or_searched(text: str) -> None:
    searched = one_line(text + "\u200b x")  # an invisible sign, which the looking does not pass
    assert f"{one_line(text)} x".strip() == searched
