"""The score of a match: deterministic, and explained part by part.

For each word, phrase or list that found something: weight × log2(1 + occurrences), ×3 when one is in
the title, else ×1.5 when one is in the lead; summed, divided by the number of positive parts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log2
from typing import assert_never

from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import Leaf, Node, wanted
from watchdesk.rules.matching.evaluate import Outcome
from watchdesk.rules.matching.occurrences import Hit
from watchdesk.rules.matching.reading import Reading

_FACTORS = {"title": 3.0, "lead": 1.5, "body": 1.0}
_ONLY_FACTS = 1.0
"""The score of a match by facts alone."""


@dataclass(frozen=True, slots=True)
class ScorePart:
    """What one part of the query adds."""

    term: str
    weight: float
    occurrences: int
    best: str
    """The best place where it was found: title, lead or body."""
    value: float


@dataclass(frozen=True, slots=True)
class Score:
    """The total, and what it is made of."""

    total: float
    parts: tuple[ScorePart, ...]
    positive_parts: int
    """Parts of the query that could have added something."""


def score(outcome: Outcome, hits: Sequence[Hit], reading: Reading) -> Score:
    """The score of a matching outcome with its hits."""
    weights = dict(_weights(outcome.node, 1.0))
    by_leaf: dict[tuple[int, int], list[Hit]] = {}
    for hit in hits:
        by_leaf.setdefault(hit.leaf.at, []).append(hit)
    parts = tuple(_part(by_leaf[at], weight, reading) for at, weight in weights.items() if at in by_leaf)
    if not weights:
        return Score(_ONLY_FACTS, (), 0)
    total = sum(part.value for part in parts) / len(weights)
    return Score(round(total, 4), parts, len(weights))


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


def _weights(node: Node, weight: float) -> Iterator[tuple[tuple[int, int], float]]:
    """Where each positive text leaf is in the query, and its weight."""
    match node:
        case syntax.Words() | syntax.Pattern() | syntax.Listed():
            yield node.at, weight
        case syntax.Weighted():
            weight *= node.weight
        case syntax.BooleanOperator() | syntax.StretchOperator() | syntax.MeasuringOperator() | syntax.Fact():
            pass
        case _:
            assert_never(node)
    for child in wanted(node):
        yield from _weights(child, weight)


def _part(hits: Sequence[Hit], weight: float, reading: Reading) -> ScorePart:
    leaf: Leaf = hits[0].leaf
    best = _best_place(hits, reading)
    value = weight * log2(1 + len(hits)) * _FACTORS[best]
    return ScorePart(leaf.written, weight, len(hits), best, value)


def _best_place(hits: Sequence[Hit], reading: Reading) -> str:
    if any(hit.field == "title" for hit in hits):
        return "title"
    lead = reading.ranges("lead")
    if any(first <= hit.start <= last for hit in hits for first, last in lead):
        return "lead"
    return "body"
