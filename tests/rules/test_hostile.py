"""Rules and articles built to stall or to break: bounded time and memory, a clear word, nothing silent."""

import re
import resource
import time
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.examples import tries
from watchdesk.errors import ConfigurationError
from watchdesk.model import Article
from watchdesk.rules import Query, RuleSet
from watchdesk.rules.engine.required_literal import required_literal
from watchdesk.rules.language.expressions import check_pattern
from watchdesk.rules.language.parse import parse
from watchdesk.rules.matching.limits import LONGEST_ARTICLE, MOST_SPANS
from watchdesk.rules.matching.patterns import folded

SOON = 20.0
"""Seconds that only a runaway exceeds, whatever else the machine does."""

QUERIES = {
    "a hundred thousand terms": (" OR ".join(f"w{n}" for n in range(100_000)), "the query is longer than"),
    "ten thousand parentheses": ("(" * 10_000 + "nato" + ")" * 10_000, "nested more than 100 deep"),
    "parentheses never closed": ("(" * 90_000, "nested more than 100 deep"),
    "NOTs without end": ("NOT " * 40_000 + "nato", "nested more than 100 deep"),
    "fields within fields": ("title:" * 30_000 + "nato", "nested more than 100 deep"),
    "a chain without end": ("nato" + " NEAR/5 nato" * 10_000, "nested more than 100 deep"),
    "counts within counts": ("/" + "(" * 9 + "a" + "{100})" * 9 + "/", "cannot be used"),
    "an expression of counts": ("/((a{1000}){1000}){1000}/", "cannot be used"),
    "look-behind": (r"/(?<=a)b/", "cannot be used"),
    "everything": ("/.*/", "it finds the empty text"),
    "quotes only": ('"' * 9_999, "never closed"),
    "operators only": ("AND " * 40_000, "cannot stand here"),
    "NULs": ("\0" * 100, "holds no letter"),
    "lone surrogates": ("\ud800", "holds no letter"),
}


@pytest.mark.parametrize(("query", "said"), QUERIES.values(), ids=QUERIES)
def test_a_hostile_query_is_refused_soon_and_clearly(query: str, said: str) -> None:
    begun = time.process_time()
    with pytest.raises(ConfigurationError, match=re.escape(said)):
        Query.parse(query)
    assert time.process_time() - begun < SOON


def test_a_long_list_of_words_is_no_burden() -> None:
    words = "\n".join(f"    - w{n}" for n in range(20_000))
    rules = RuleSet.from_yaml(f"lists:\n  long:\n{words}\nrules:\n  a: {{query: '@long NEAR/3 aid'}}\n")
    assert rules.matching(Article.from_text(text="w19999 and aid")) == {"a"}
    assert rules.matching(Article.from_text(text="w20000 and aid")) == set()


RULES = RuleSet.from_yaml(
    r"""
    rules:
      near: {query: nato NEAR/10000 aid}
      chain: {query: nato NEAR/100 aid NEAR/100 nato NEAR/50 aid}
      count: {query: ATLEAST/3 nato}
      paragraph: {query: nato SAME/P aid}
      sentence: {query: nato SAME/S aid}
      apart: {query: nato NOT NEAR/9000 xyzzy}
      expression: {query: '/na+to/'}
      nested: {query: '/(a*)*(n|na|nat|nato)*x/'}
      wildcards: {query: 'na*t*o* AND ai*d*'}
      stars: {query: 'aa*a*a*a*a*a*a*a*a*a*a*b'}
      lead: {query: 'lead:(nato NEAR/5 aid)'}
    """
)
SLOW = {"50 MB", "NULs", "right to left", "paragraphs of one word", "lone surrogates", "no spaces"}
ARTICLES: dict[str, Callable[[], Article]] = {
    "50 MB": lambda: Article.from_text(
        "t", "nato aid and other words here for once " * 1_300_000, language="en"
    ),
    "one word of 10 MB": lambda: Article.from_text("t", "nato" * 2_500_000, language="en"),
    "a word of one letter": lambda: Article.from_text("t", "a" * 10_000_000, language="en"),
    "nothing but hits": lambda: Article.from_text("t", "nato aid " * 100_000, language="en"),
    "paragraphs of one word": lambda: Article.from_text("t", "nato\n\naid\n\n" * 100_000, language="en"),
    "NULs": lambda: Article.from_text("\0" * 1000, "nato\0aid\0" * 100_000, language="en"),
    "right to left": lambda: Article.from_text("שלום \u202enato\u202c aid", "مرحبا nato \u200faid " * 40_000),
    "accents without end": lambda: Article.from_text("t", "e" + "\u0301" * 1_000_000, language="fr"),
    "no spaces": lambda: Article.from_text("t", "北约峰会" * 250_000, language="zh"),
    "lone surrogates": lambda: Article.from_text("t\ud800", "nato\udfff aid " * 50_000, language="en"),
}


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(make, id=name, marks=[pytest.mark.slow] if name in SLOW else [])
        for name, make in ARTICLES.items()
    ],
)
def test_a_hostile_article_costs_bounded_time_and_says_what_was_left_out(make: Callable[[], Article]) -> None:
    article = make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    answers = RULES.answers(article)
    explained = RULES.explain("chain", article).render()
    assert time.process_time() - begun < 3 * SOON
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000  # kilobytes
    assert answers.article_cut
    assert f"only the first {LONGEST_ARTICLE:,} characters" in explained
    assert all(len(match.spans) <= MOST_SPANS for match in answers.matches)


def test_a_rule_that_asks_too_much_is_named() -> None:
    rules = RuleSet.from_yaml(
        """
        rules:
          near: {query: nato NEAR/10000 aid}
          chain: {query: nato NEAR/100 aid NEAR/100 nato NEAR/50 aid}
          paragraph: {query: nato SAME/P aid}
          easy: {query: xyzzy}
        """
    )
    answers = rules.answers(Article.from_text("t", "nato aid " * 20_000, language="en"))
    assert set(answers.cut_short) == {"near", "chain", "paragraph"}


def test_an_ordinary_article_is_looked_at_in_full() -> None:
    answers = RULES.answers(Article.from_text("t", "nato sends aid. " * 5, language="en"))
    assert answers.cut_short == ()
    assert not answers.article_cut


signs = st.sampled_from(
    [
        *("nato", "aid", "AND", "OR", "NOT", "NEAR/3", "ONEAR/2", "NOT NEAR/4", "SAME/S", "SAME/P", "(", ")"),
        *("FIRST/3", "LAST/3", "ATLEAST/2", "title:", "lead:", "source:", "lang:de", "stem("),
        *('"', "=", "*", "?", "@l"),
        *(
            "^2",
            "/a+/",
            "/",
            "#",
            "\n",
            "\0",
            "\ud800",
            "é",
            "北约",
            "-",
            "~",
            "&&",
            ":",
            "5%",
            "U.S.",
            "\u202e",
        ),
    ]
)


@settings(max_examples=tries(1500), suppress_health_check=[HealthCheck.too_slow])
@given(query=st.lists(signs | st.text(max_size=3), max_size=12).map(" ".join))
def test_any_text_is_a_query_or_is_refused_at_a_place_in_it(query: str) -> None:
    found = parse(query, {})
    if found.node is None:
        assert found.mistakes
    assert all(0 <= mistake.offset <= len(query) for mistake in found.mistakes)


@settings(max_examples=tries(400))
@given(
    title=st.text(max_size=60),
    text=st.text(max_size=400),
    language=st.sampled_from(("en", "de", "tr", "zh", None)),
)
def test_any_text_is_an_article(title: str, text: str, language: str | None) -> None:
    article = Article.from_text(title, text, language=language)
    for match in RULES.match(article):
        texts = {"title": article.title, "body": article.text}
        assert all(0 <= span.start < span.end <= len(texts[span.field]) for span in match.spans)


PLAIN = ["a", "b", "c", "abc", "x", "é", "ß"]
SIGNS = [*PLAIN, *"()[]^|*+?\\.？", "{2,3}", "(?i)", "(?U:", "\\Qa|\\E", "\\Q\\E"]


@settings(max_examples=tries(3000))
@given(seed=st.integers(0, 2**32 - 1))
def test_what_an_expression_needs_is_in_every_text_it_finds(seed: int) -> None:
    rng = Random(seed)
    expression = "".join(
        rng.choices(rng.choice((SIGNS, SIGNS + PLAIN + PLAIN)), k=rng.randint(0, rng.randint(2, 9)))
    )
    text = "".join(rng.choices(rng.choice((SIGNS, PLAIN, PLAIN)), k=rng.randint(0, 20)))
    try:
        check_pattern(expression)
    except ValueError:
        return
    literal = required_literal(expression)
    if literal and Query.parse(f"aid OR /{expression.replace('/', '')}/").matches(
        Article.from_text(text=text)
    ):
        assert literal in folded(text)
