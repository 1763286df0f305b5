"""How often the costly steps of matching are taken: counts, which no busy machine changes."""

import cProfile
import pstats
from collections import Counter
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from watchdesk.model import Article
from watchdesk.rules import RuleSet
from watchdesk.rules.matching.reading import Reading
from watchdesk.rules.text.sentences import ends_sentence, sentence_begins
from watchdesk.rules.text.words import read_words, tokens

ARTICLE = Article.from_text(
    title="Ministers meet in the harbour",
    text="The treaty was signed on Tuesday, and the treaties of other towns too.\n\nNobody spoke of tariffs.",
    language="en",
)

PIECES = (
    *(
        "the ",
        "The ",
        "Mr. ",
        "J. ",
        "U.S. ",
        "No. 5 ",
        "2.5bn ",
        "5 per cent ",
        "5%",
        "word",
        " ",
        ". ",
        "… ",
    ),
    *(
        "! ",
        "? ",
        '." ',
        "”) ",
        "\u200b",
        "\u0301",
        "é",
        "x² ",
        "文章",
        "。",
        "ภาษา",
        "'s ",
        "£",
        "\n",
        "-",
        ",",
    ),
)


def calls(work: Callable[[], object]) -> Counter[str]:
    """Of each function, by its name."""
    profile = cProfile.Profile()
    profile.enable()
    work()
    profile.disable()
    counted: Counter[str] = Counter()
    for (_, _, name), (_, number, *_) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        counted[name] += number
    return counted


def test_forms_are_noted_for_new_lexemes_only_once_rules_are_added_after_an_article() -> None:
    rules = RuleSet.from_yaml("rules: {a: {query: treaty}, b: {query: 'tar*'}}")
    rules.prepare()
    engine = rules.engine("en")
    assert calls(lambda: engine.match(ARTICLE))["_note"] == 0
    assert engine.matching(ARTICLE) == {"a", "b"}
    added = RuleSet.from_yaml(
        "rules: {c: {query: harbor}, d: {query: 'spok*'}, e: {query: '\"nobody spoke\"'}}"
    )
    for rule in added.rules:
        engine.add(rule)
        assert rule.id in engine.matching(ARTICLE)
    assert engine.matching(ARTICLE) == {"a", "b", "c", "d", "e"}


def test_only_signs_that_may_end_a_sentence_are_asked_whether_they_do() -> None:
    text = (
        "The ministers met in the old harbour and signed it, said one of them. The others left early. " * 20
    )
    article = Article.from_text(title="Ministers meet in the harbour", text=text, language="en")
    found = calls(lambda: Reading(article))
    assert found["ends_sentence"] == 39
    assert found["_tokens_of"] == 0


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_a_text_is_read_in_one_go_as_word_by_word(text: str) -> None:
    one_by_one = list(tokens(text))
    surfaces, starts, ends = read_words(text)
    assert list(zip(surfaces, starts, ends, strict=True)) == [tuple(token) for token in one_by_one]
    begins = [
        place
        for place, token in enumerate(one_by_one)
        if not place
        or ends_sentence(text, one_by_one[place - 1].end, token.start, one_by_one[place - 1].surface)
    ]
    assert list(sentence_begins(text, surfaces, starts, ends)) == begins
