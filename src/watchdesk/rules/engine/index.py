"""The index of rules: each has postings under the predicates of its rarest clause.

A posting is a row of four numbers that says what else the rule asks. The postings of an article's true
predicates name every rule that can match; all their rows are checked together, a column at a time.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import product, repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from watchdesk.rules.engine.plan import Clause, NearPlan, Plan
from watchdesk.rules.engine.positions import Bounds, WordPositions, any_within
from watchdesk.rules.engine.predicates import NEVER, UNKNOWN, Predicates
from watchdesk.rules.engine.view import ResidualPredicate, View

_MOST_ROWS = 64
"""Postings of one rule; a clause that would make more becomes a post-filter."""

_COLUMNS = 4

_FEW = 30_000
"""NEARs times words of the article: up to about here, a loop costs less than the many calls of numpy."""

_NO_GAP = (1, 0)
"""Of two predicates, a word and a bigram, one may hold the other."""

_ALWAYS: Clause = frozenset((UNKNOWN,))

Rows = NDArray[np.int32]


class PostFilter(NamedTuple):
    """What a rule asks beyond its postings."""

    needs: tuple[Clause, ...]
    forbids: Clause
    residuals: tuple[ResidualPredicate, ...]


class Index:
    """Rules by the predicates without which they cannot match."""

    def __init__(self, predicates: Predicates, residuals: Mapping[int, ResidualPredicate]) -> None:
        self._predicates = predicates
        self._residuals = residuals
        self._postings: dict[int, bytes] = {}
        """Predicate → rows: a second predicate, a third, one that must not be true, and the rule.

        For a NEAR: the second predicate, `~` the number of the bounds, the first predicate, and the rule. A
        rule that has a post-filter is `~` its number.
        """
        self._bounds: dict[Bounds, int] = {}
        self._bounds_table = np.zeros((0, len(Bounds._fields)), np.int32)
        self._post_filters: dict[int, PostFilter] = {}
        self._ids: list[str] = []
        """Rule number → rule id. No number is used again, as another thread may hold it for its article."""
        self._numbers: dict[str, int] = {}
        self._firsts: list[int | tuple[int, ...]] = []
        """Rule number → the predicate that its postings are under, or the predicates."""

    def __contains__(self, rule: str) -> bool:
        return rule in self._numbers

    def add(self, rule: str, plan: Plan) -> None:
        """Adds a rule that the index does not have."""
        number = len(self._ids)
        self._ids.append(rule)
        self._numbers[rule] = number
        postings = self._postings
        rows = list(self._near_rows(plan.near, number) if plan.near else self._rows(plan, number))
        for first, row in rows:
            postings[first] = postings.get(first, b"") + row
        firsts = tuple(dict.fromkeys(first for first, _ in rows))
        self._firsts.append(firsts[0] if len(firsts) == 1 else firsts)

    def remove(self, rule: str) -> None:
        """Removes a rule. Raises `KeyError` when the index does not have it."""
        number = self._numbers.pop(rule)
        known = self._firsts[number]
        for first in known if isinstance(known, tuple) else (known,):
            rows = _as_rows(self._postings[first])
            rules = rows[:, -1]
            self._postings[first] = rows[(rules != number) & (rules != ~number)].tobytes()
        self._firsts[number] = ()
        self._post_filters.pop(number, None)

    def matching(self, view: View, cut_short: set[str]) -> set[str]:
        """The ids of the rules that match. Adds to `cut_short` those that used up their work."""
        rows = _as_rows(b"".join(map(self._postings.get, view.predicates, repeat(b""))))
        true = view.flags(self._predicates.size)  # after the rows, so that they name no newer predicate
        rows = rows.compress(true.take(rows[:, 0]), 0)
        is_near = rows[:, 1] < 0
        near, rows = rows.compress(is_near, 0), rows.compress(~is_near, 0)
        found = rows[:, 3].compress(true.take(rows[:, 1]) > true.take(rows[:, 2]))
        if len(near):
            found = np.concatenate((found, self._in_proximity(near, view.positions)))
        found.sort()  # neighbouring numbers have their ids side by side in memory
        filtered = int(found.searchsorted(0))
        matching = set(map(self._ids.__getitem__, found[filtered:].tolist()))
        if filtered:
            self._post_filter(set(found[:filtered].tolist()), matching, view, cut_short)
        return matching

    def touched(self, view: View) -> set[str]:
        """The ids of the rules of which the article has a word, or what else their rarest clause asks."""
        rows = _as_rows(b"".join(map(self._postings.get, view.predicates, repeat(b""))))
        rules = rows[:, 3]
        return {self._ids[number] for number in np.unique(np.where(rules < 0, ~rules, rules)).tolist()}

    def _in_proximity(self, rows: Rows, positions: WordPositions) -> Rows:
        """The rules whose two predicates are as near as they ask."""
        if len(rows) * len(positions) <= _FEW:
            return self._in_proximity_of_few(rows, positions)
        index = positions.index
        ranks = np.full(self._predicates.size, index.ABSENT, np.int32)
        ranks[index.predicates] = index.ranks
        bounds = self._bounds_table.take(~rows[:, 1], 0)
        return rows[:, 3].compress(index.within(ranks.take(rows[:, 2]), rows[:, 0], bounds))

    def _in_proximity_of_few(self, rows: Rows, positions: WordPositions) -> Rows:
        """The same, NEAR by NEAR."""
        firsts, seconds, rules = rows[:, 2].tolist(), rows[:, 0].tolist(), rows[:, 3].tolist()
        bounds = self._bounds_table.take(~rows[:, 1], 0).tolist()
        where = positions.where_few({*firsts, *seconds}, self._predicates.size)
        found = [
            rule
            for first, second, bound, rule in zip(firsts, seconds, bounds, rules, strict=True)
            if any_within(where.get(first, ()), where.get(second, ()), bound)
        ]
        return np.array(found, np.int32)

    def _post_filter(self, filtered: Set[int], matching: set[str], view: View, cut_short: set[str]) -> None:
        """Adds to `matching` the rules that pass their post-filter."""
        for negative in filtered:
            post_filter = self._post_filters.get(~negative)
            if post_filter is None:
                continue  # removed while this article was matched
            if _passes(post_filter, view):
                matching.add(self._ids[~negative])
            if view.cut_short:
                cut_short.add(self._ids[~negative])
                view.cut_short = False

    def _near_rows(self, near: NearPlan, rule: int) -> Iterator[tuple[int, bytes]]:
        """Predicate and posting for each pair of predicates that makes the NEAR true."""
        frequency = self._predicates.frequency
        rarer_first = frequency(dict(near.left).keys()) <= frequency(dict(near.right).keys())
        for (left, left_words), (right, right_words) in product(near.left, near.right):
            most = left_words - 1 + near.distance
            if near.ordered:
                bounds = Bounds(left_words, most, 1, 0)
            else:
                gap = (1 - right_words, left_words - 1) if left_words == right_words else _NO_GAP
                bounds = Bounds(1 - right_words - near.distance, most, *gap)
            if rarer_first:
                first, second = left, right
            else:
                first, second = right, left
                bounds = bounds.reversed()
            yield first, _row(second, ~self._number(bounds), first, rule)

    def _number(self, bounds: Bounds) -> int:
        """The row of these bounds in the table."""
        known = self._bounds.get(bounds)
        if known is None:
            self._bounds_table = np.array([*self._bounds, bounds], np.int32)
            known = self._bounds[bounds] = len(self._bounds)
        return known

    def _rows(self, plan: Plan, rule: int) -> Iterator[tuple[int, bytes]]:
        """Predicate and posting for each combination of predicates with which the rule can match."""
        chosen, rest = self._chosen(plan.needs)
        unless = plan.forbids if len(plan.forbids) == 1 else (NEVER,)
        forbids = plan.forbids if len(plan.forbids) > 1 else frozenset[int]()
        if rest or forbids or plan.residuals:
            residuals = tuple([self._residuals[number] for number in plan.residuals])
            self._post_filters[rule] = PostFilter(tuple(rest), forbids, residuals)
            rule = ~rule
        for first, *more in product(*chosen, unless):
            yield first, _row(*more, rule)

    def _chosen(self, needs: Sequence[Clause]) -> tuple[list[Clause], Sequence[Clause]]:
        """The three clauses that make postings, the rarest first, and the rest."""
        chosen: list[Clause] = []
        rest: list[Clause] = []
        rows = 1
        for clause in sorted(dict.fromkeys(needs), key=self._predicates.frequency):
            makes_few = len(clause) == 1 or rows * len(clause) <= _MOST_ROWS
            if not chosen or (len(chosen) < _COLUMNS - 1 and makes_few):
                chosen.append(clause)
                rows *= len(clause)
            else:
                rest.append(clause)
        return [*chosen, *[_ALWAYS] * (_COLUMNS - 1 - len(chosen))], rest


def _row(*columns: int) -> bytes:
    return array("i", columns).tobytes()


def _as_rows(packed: bytes) -> Rows:
    return np.frombuffer(packed, np.int32).reshape(-1, _COLUMNS)


def _passes(post_filter: PostFilter, view: View) -> bool:
    """Whether an article passes a post-filter."""
    needs, forbids, residuals = post_filter
    true = view.true
    if forbids and not true.isdisjoint(forbids):
        return False
    for clause in needs:
        if true.isdisjoint(clause):
            return False
    for residual in residuals:  # noqa: SIM110  a generator costs more than most of them
        if not residual(view):
            return False
    return True
