"""What a score promises of any query and article: absent terms and present ones, long articles, weights."""

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from watchdesk.model import Article, Section
from watchdesk.rules import Query, RuleSet

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
WORDS = ("alpha", "bravo", "carrot", "delta")
ABSENT = "quiz"
FILLER = ("It rained.", "Nobody came.", "The day went on.", "So it was.")

words = st.sampled_from(WORDS)
sentences = st.lists(st.sampled_from((*WORDS, "x", "y")), min_size=1, max_size=5).map(
    lambda some: f"{' '.join(some).capitalize()}."
)
paragraphs = st.lists(sentences, min_size=1, max_size=4).map(" ".join)
articles = st.builds(
    lambda title, body: article(title, *body),
    st.lists(st.sampled_from((*WORDS, "x")), max_size=4).map(" ".join),
    st.lists(paragraphs, min_size=1, max_size=5),
)
weights = st.sampled_from(("", "", "", "^3", "^0.5", "^20"))
terms = st.builds(lambda word, weight: word + weight, words, weights) | st.builds(
    lambda one, other: f'"{one} {other}"', words, words
)
ors = st.lists(terms, min_size=1, max_size=3).map(lambda some: f"({' OR '.join(some)})")
operands = terms | ors


def article(title: str, *paragraphs: str) -> Article:
    return Article("wire", title, (Section(None, paragraphs),), NOW, language="en")


def score(query: str, given: Article) -> float | None:
    match = Query.parse(query).match(given)
    return match.score if match else None


def framed(inner: str, frame: int, other: str) -> str:
    """The inner part in one of the places where a part of a query may stand."""
    return (
        inner,
        f"{inner} AND {other}",
        f"{other} AND ({inner} AND {other})",
        f"({inner})^3 AND {other}",
        f"({inner} AND {other}) OR delta",
        f"{inner} NEAR/6 {other}",
        f"({inner} SAME/P {other}) AND ({other})^2",
        f"{inner} NOT NEAR/2 {other}",
        f"{inner} NOT SAME/S {other}",
        f"ABOUT {inner} AND {other}",
        f"ATLEAST/2 {inner}",
        f"FIRST/20 {inner} AND {other}",
        f"title:{inner} AND {other}",
    )[frame]


frames = st.integers(0, 12)


@given(group=ors, other=operands, frame=frames, weight=weights, given=articles)
def test_a_term_that_the_article_does_not_have_never_moves_the_score(
    group: str, other: str, frame: int, weight: str, given: Article
) -> None:
    wider = f"({group[1:-1]} OR {ABSENT}{weight})"
    assert score(framed(group, frame, other), given) == score(framed(wider, frame, other), given)


@given(group=ors, added=terms, other=operands, frame=frames, given=articles)
def test_a_term_that_the_article_has_never_lowers_the_score(
    group: str, added: str, other: str, frame: int, given: Article
) -> None:
    before = score(framed(group, frame, other), given)
    after = score(framed(f"({group[1:-1]} OR {added})", frame, other), given)
    assert before is None or (after is not None and after >= before)


@given(words=st.lists(words, min_size=1, max_size=2), added=words, given=articles)
def test_a_list_entry_moves_the_score_as_a_branch_does(words: list[str], added: str, given: Article) -> None:
    def listed(entries: list[str]) -> float | None:
        rules = RuleSet.from_yaml(f"lists: {{some: {entries}}}\nrules: {{r: {{query: '@some'}}}}")
        return next((match.score for match in rules.match(given)), None)

    before = listed(words)
    assert listed([*words, ABSENT]) == before
    if before is not None:
        after = listed([*words, added])
        assert after is not None and after >= before


@given(query=st.builds(framed, ors, frames, operands), given=articles)
def test_a_score_is_above_0_and_at_most_1_and_the_same_each_time(query: str, given: Article) -> None:
    found = score(query, given)
    assert found == score(query, given)
    assert found is None or 0 < found <= 1


@given(one=words, other=words, weight=st.sampled_from(("^2", "^9", "^100", "^0.1")), given=articles)
def test_a_weight_draws_the_score_to_its_own_part(one: str, other: str, weight: str, given: Article) -> None:
    asked = (one, f"{one}{weight}", f"{one} AND {other}", f"{one}{weight} AND {other}")
    scores = [found for query in asked if (found := score(query, given)) is not None]
    assume(len(scores) == len(asked))
    alone, still_alone, both, weighed = scores
    assert still_alone == alone
    heavy = float(weight[1:]) > 1
    drawn = abs(alone - weighed) <= abs(alone - both) + 0.0001
    assert drawn == heavy or abs(alone - both) < 0.0002


@pytest.mark.parametrize("length", [20, 60, 400, 2000])
def test_what_is_mentioned_in_passing_stays_low_however_long_the_article_is(length: int) -> None:
    lines = [FILLER[number % 4] for number in range(length)]
    lines[length // 2] = "Alpha was there with bravo."
    given = article("News of the day", *(" ".join(lines[at : at + 4]) for at in range(0, length, 4)))
    found = [score(query, given) for query in ("alpha", "alpha NEAR/5 bravo", "alpha AND bravo")]
    assert all(one is not None and one <= 0.05 for one in found)


@pytest.mark.parametrize("length", [8, 40, 400])
def test_one_mention_in_twelve_sentences_is_no_more_in_a_long_article(length: int) -> None:
    lines = ["Alpha was there." if number % 12 == 11 else FILLER[number % 4] for number in range(12 * length)]
    given = article("News", *(" ".join(lines[at : at + 6]) for at in range(0, len(lines), 6)))
    assert score("alpha", given) == pytest.approx(1 / 12, abs=0.001)


def test_what_is_wholly_on_the_subject_stands_first() -> None:
    """Its title names one side, its text the other: that they are far apart takes nothing from it."""
    filler = [FILLER[number % 4] for number in range(12)]
    wholly = article(
        "Alpha counts its bravo",
        "Alpha came to talk of bravo. It took long.",
        "Bravo is dear. More bravo is asked for, and Alpha pays.",
        "Who has bravo? It was said.",
    )
    twice = article("News", " ".join(filler), "Alpha and bravo came. Bravo left, and Alpha with it.")
    query = "alpha NEAR/10 (bravo OR carrot OR delta)"
    on_subject, passing = score(query, wholly), score(query, twice)
    assert on_subject is not None and passing is not None
    assert on_subject > 0.85
    assert passing < 0.35


@pytest.mark.parametrize(
    "query", ["lang:en", "lang:en AND source:wire", "lang:en OR alpha", "source:w* AND NOT x"]
)
def test_a_query_on_data_alone_has_the_score_1(query: str) -> None:
    assert score(query, article("News", "Alpha came.")) == 1


def test_more_sentences_than_half_add_nothing() -> None:
    half = article("News", "It rained.", "Alpha came. Alpha left. It snowed.")
    most = article("News", "It rained.", "Alpha came. Alpha left. Alpha slept.")
    assert score("alpha", half) == score("alpha", most) == 0.5
