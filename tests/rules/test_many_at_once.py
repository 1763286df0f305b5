"""What the engine looks up for many rules at once is what looking one by one would find."""

from itertools import pairwise
from random import Random
from threading import Thread

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdesk.config.places import Place
from watchdesk.model import Article
from watchdesk.rules import Query, Rule, RuleSet
from watchdesk.rules.engine import Engine
from watchdesk.rules.engine.positions import Bounds, PositionalIndex
from watchdesk.rules.engine.predicates import NEVER, UNKNOWN, Bigrams

offsets = st.integers(-6, 6)
all_bounds = st.builds(Bounds, offsets, offsets, offsets, offsets)
entries = st.sets(st.tuples(st.integers(0, 5), st.integers(0, 30)), min_size=1)


@given(entries, st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6), all_bounds), min_size=1))
def test_what_stands_near_is_found_for_all_as_for_each(
    words: set[tuple[int, int]], asked: list[tuple[int, int, Bounds]]
) -> None:
    found = _near(PositionalIndex(*_columns(words)), asked)
    assert found == [_one_by_one(words, *question) for question in asked]


def test_more_looks_than_fit_at_once_are_made_in_turn() -> None:
    words = {(predicate, 3 * position + predicate) for predicate in range(3) for position in range(2_000)} | {
        (4, 6_007)
    }
    asked = [(first, second, Bounds(-8, 8, 0, 0)) for first in range(3) for second in range(5)]
    rounds = 11  # odd, so that halves that change places answer other questions
    found = _near(PositionalIndex(*_columns(words)), asked * rounds)
    assert found == [_one_by_one(words, *question) for question in asked] * rounds


@pytest.mark.parametrize("count", [0, 1, 40, 5_000])
def test_neighbours_that_rules_ask_for_are_found_however_many_they_are(count: int) -> None:
    rng = Random(count)
    words = [rng.choice((UNKNOWN, rng.randrange(NEVER + 1, 200))) for _ in range(3_000)]
    asked = {(rng.randrange(NEVER + 1, 200), rng.randrange(NEVER + 1, 200)) for _ in range(count)}
    bigrams = Bigrams()
    predicates = {bigram: number for number, bigram in enumerate(sorted(asked), start=1_000)}
    for bigram, predicate in predicates.items():
        bigrams.add(*bigram, predicate)
    places, found = bigrams.found(np.array(words, np.int32))
    there = [
        (place, predicates[bigram]) for place, bigram in enumerate(pairwise(words)) if bigram in predicates
    ]
    assert list(zip(places, found, strict=True)) == there
    assert all(bigrams.get(*bigram) == predicate for bigram, predicate in predicates.items())


def test_articles_are_asked_while_rules_come_and_go() -> None:
    engine = Engine([_rule(f"stays{number}", f"alpha NEAR/{number} omega") for number in range(1, 9)], "en")
    article = Article.from_text(title="alpha beta", text="Alpha and omega. " + "beta gamma delta " * 40)
    stays = set(engine.matching(article))
    failures: list[Exception] = []

    def ask() -> None:
        try:
            while changing.is_alive():
                found = set(engine.matching(article))
                assert {rule for rule in found if rule.startswith("stays")} == stays
        except Exception as error:  # noqa: BLE001  told to the test, which runs in another thread
            failures.append(error)

    def change() -> None:
        for number in range(400):
            word = f"new{number}"
            engine.add(_rule("goes", f'"beta gamma" AND (delta OR {word}) AND NOT "{word} {word}"'))
            engine.add(_rule(word, f'({word}* OR gam*) NEAR/3 ("beta {word}" OR delta)'))
            engine.remove("goes")

    changing = Thread(target=change)
    asking = [Thread(target=ask) for _ in range(3)]
    changing.start()
    for thread in asking:
        thread.start()
    for thread in (changing, *asking):
        thread.join()
    assert not failures
    assert engine.matching(article) == stays | {f"new{number}" for number in range(400)}


def test_a_query_whose_tree_is_let_go_reads_the_same_again() -> None:
    rules = RuleSet.from_yaml(
        "lists: {members: [nato, =US]}\nrules: {a: {query: '@members NEAR/5 (spend* OR \"rare earth\")'}}"
    )
    query = rules.rules[0].query
    before = query.node
    query.settle()
    assert query.node == before
    assert query == rules.rules[0].query


def test_a_long_query_keeps_its_tree() -> None:
    query = Query.parse(" OR ".join(f"word{number}" for number in range(500)))
    query.settle()
    assert query.node is query.node


def _rule(rule_id: str, query: str) -> Rule:
    return Rule(rule_id, rule_id, Query.parse(query), Place("rules.yaml", 1, 1))


def _columns(words: set[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    predicates, positions = zip(*words, strict=True)
    return np.array(predicates, np.int32), np.array(positions, np.int64)


def _near(index: PositionalIndex, asked: list[tuple[int, int, Bounds]]) -> list[bool]:
    place = {predicate: number for number, predicate in enumerate(index.predicates.tolist())}
    firsts = np.array([place.get(first, PositionalIndex.ABSENT) for first, _, _ in asked], np.int32)
    seconds = np.array([second for _, second, _ in asked], np.int32)
    found: list[bool] = index.within(firsts, seconds, np.array([b for _, _, b in asked], np.int32)).tolist()
    return found


def _one_by_one(words: set[tuple[int, int]], first: int, second: int, bounds: Bounds) -> bool:
    heres = [position for predicate, position in words if predicate == first]
    theres = [position for predicate, position in words if predicate == second]
    return any(
        bounds.least <= there - here <= bounds.most
        and not bounds.gap_least <= there - here <= bounds.gap_most
        for here in heres
        for there in theres
    )
