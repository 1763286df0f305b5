"""The score of a match, 0 to 1: how much the article is about what the query asks for.

Each word, phrase or list has a value by its prominence. The values of what AND, NEAR or SAME joins are
multiplied, each to the power of its share: its weight, as a part of all weights. An OR counts by its best
branch. What must be absent, and what is true of the article's data alone, does not count.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import NamedTuple, assert_never

from watchdesk.rules.language import syntax
from watchdesk.rules.matching.evaluate import Outcome, evaluate
from watchdesk.rules.matching.occurrences import Hit
from watchdesk.rules.matching.prominence import Prominence, prominence
from watchdesk.rules.matching.reading import Reading

_MOST_ROUNDS = 20
"""Choices of branches that are tried, each better than the one before; two or three do."""

_SAME = 1e-12
"""Values that differ by less are equal."""

_DIGITS = 4


@dataclass(frozen=True, slots=True)
class ScorePart:
    """What one part of the query adds."""

    term: str
    weight: float
    occurrences: int
    best: str
    """The best place where it was found: title, lead or body."""
    value: float
    """0 to 1."""
    share: float
    """Of the whole query, by weight; the shares of all parts are 1 together."""
    in_lead: bool
    sentences: int
    """Sentences of the body that have it."""
    of_sentences: int


@dataclass(frozen=True, slots=True)
class Score:
    """The total, and what it is made of."""

    total: float
    parts: tuple[ScorePart, ...]
    """Parts of the query that count."""


class _Counted(NamedTuple):
    """A part of the query that counts, in one way of choosing branches."""

    outcome: Outcome
    prominence: Prominence
    weight: float = 1.0
    share: float = 1.0


class _Choice(NamedTuple):
    """One way in which a part of the query may count; its value as a logarithm."""

    weight: float
    value: float
    counted: tuple[_Counted, ...] = ()


_DOES_NOT_COUNT = _Choice(0.0, 0.0)


def score(outcome: Outcome, reading: Reading) -> Score:
    """The score of an outcome with its parts."""
    whole = _whole(outcome, reading)
    parts = tuple(_part(one) for one in whole.counted)
    return Score(_total(whole) if outcome.ok else 0.0, parts)


def score_of(outcome: Outcome, reading: Reading) -> float:
    """The score of an outcome: 0 when it is no match, 1 when the query asked of the article's data alone."""
    return _total(_whole(outcome, reading)) if outcome.ok else 0.0


def _whole(outcome: Outcome, reading: Reading) -> _Choice:
    return _joined([_choices(one, reading) for one in _conjuncts(outcome)]) if outcome.ok else _DOES_NOT_COUNT


def _total(whole: _Choice) -> float:
    return round(min(exp(whole.value), 1.0), _DIGITS)


def _conjuncts(outcome: Outcome) -> Iterator[Outcome]:
    """What AND joins, whatever the parentheses."""
    if isinstance(outcome.node, syntax.And):
        for child in outcome.children:
            yield from _conjuncts(child)
    else:
        yield outcome


def _choices(outcome: Outcome, reading: Reading) -> Sequence[_Choice]:  # noqa: PLR0911  one answer a kind
    """The ways in which a part may count; none when it is not found."""
    if not outcome.ok:
        return ()
    match outcome.node:
        case syntax.Words() | syntax.Pattern() | syntax.Listed() | syntax.ApartOperator():
            return (_found(outcome, reading),)
        case syntax.Or():
            return _best(choice for child in outcome.children for choice in _choices(child, reading))
        case syntax.Near() | syntax.Same():
            return (_joined([_choices(side, reading) for side in outcome.children]),)
        case syntax.And():
            return (_whole(outcome, reading),)
        case syntax.Weighted() as node:
            return [_weighed(choice, node.weight) for choice in _choices(outcome.children[0], reading)]
        case syntax.StretchOperator() as node:
            anywhere = evaluate(node.child, reading)
            return _choices(anywhere if anywhere.ok else outcome.children[0], reading)
        case syntax.AtLeast() | syntax.About():
            return _choices(outcome.children[0], reading)
        case syntax.Not() | syntax.Fact():
            return (_DOES_NOT_COUNT,)
        case _:
            assert_never(outcome.node)


def _found(outcome: Outcome, reading: Reading) -> _Choice:
    where = prominence((one.start for one in outcome.occurrences), reading)
    return _Choice(1.0, log(where.value), (_Counted(outcome, where),))


def _best(choices: Iterable[_Choice]) -> Sequence[_Choice]:
    """Of the choices with one weight the best, the first among equals."""
    best: dict[float, _Choice] = {}
    for choice in choices:
        known = best.get(choice.weight)
        if known is None or choice.value > known.value:
            best[choice.weight] = choice
    return list(best.values())


def _weighed(choice: _Choice, weight: float) -> _Choice:
    counted = tuple([one._replace(weight=one.weight * weight) for one in choice.counted])
    return _Choice(choice.weight * weight, choice.value, counted)


def _joined(parts: Sequence[Sequence[_Choice]]) -> _Choice:
    """All parts as one, by those choices of each that make the value highest."""
    chosen = [max(choices, key=lambda choice: choice.value) for choices in parts]
    mean = _mean(chosen)
    for _ in range(_MOST_ROUNDS):
        better = [max(choices, key=lambda choice: choice.weight * (choice.value - mean)) for choices in parts]
        if _mean(better) <= mean + _SAME:
            break
        chosen, mean = better, _mean(better)
    weights = sum(choice.weight for choice in chosen)
    if not weights:
        return _DOES_NOT_COUNT
    counted = [
        one._replace(share=one.share * choice.weight / weights) for choice in chosen for one in choice.counted
    ]
    return _Choice(1.0, mean, tuple(counted))


def _mean(choices: Sequence[_Choice]) -> float:
    weights = sum(choice.weight for choice in choices)
    return sum(choice.weight * choice.value for choice in choices) / weights if weights else 0.0


def _part(counted: _Counted) -> ScorePart:
    outcome, where, weight, share = counted
    terms = dict.fromkeys(hit.leaf.written for one in outcome.occurrences for hit in one.hits)
    best = "title" if where.in_title else "lead" if where.in_lead else "body"
    return ScorePart(
        " ".join(terms),
        weight,
        len(outcome.occurrences),
        best,
        round(where.value, _DIGITS),
        round(share, _DIGITS),
        where.in_lead,
        where.sentences,
        where.of_sentences,
    )


def hits_of(outcome: Outcome) -> list[Hit]:
    """Every hit that the match relies on, without duplicates, in reading order."""
    found = {(hit.leaf.at, hit.field, hit.left, hit.right): hit for hit in _hits(outcome)}
    order = {"title": 0, "body": 1}
    return sorted(found.values(), key=lambda hit: (order.get(hit.field, 2), hit.left, hit.right, hit.leaf.at))


def _hits(outcome: Outcome) -> Iterator[Hit]:
    if not outcome.ok:
        return
    match outcome.node:
        case syntax.Not():
            return
        case syntax.And() | syntax.Or():
            for child in outcome.children:
                yield from _hits(child)
        case syntax.TextOperator() | syntax.Words() | syntax.Pattern() | syntax.Listed() | syntax.Fact():
            for occurrence in outcome.occurrences:
                yield from occurrence.hits
        case _:
            assert_never(outcome.node)
