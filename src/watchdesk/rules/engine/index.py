"""Where rules wait: each under its rarest clause, in rows that say what else it asks for.

The rows under an article's true leaves are laid end to end and judged together, a column at a time; no
other rule is looked at.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import product, repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from watchdesk.rules.engine.plan import Clause, NearPlan, Plan
from watchdesk.rules.engine.positional_index import Bounds
from watchdesk.rules.engine.positions import Whereabouts
from watchdesk.rules.engine.predicates import NEVER, UNKNOWN, Leaves
from watchdesk.rules.engine.view import Glance, Test

_MOST_ROWS = 64
"""Rows of one rule; a clause that would make more is only checked."""

_COLUMNS = 4

_ALWAYS: Clause = frozenset((UNKNOWN,))

Rows = NDArray[np.int32]


class Guard(NamedTuple):
    """What a rule needs beside what its rows say."""

    needs: tuple[Clause, ...]
    forbids: Clause
    tests: tuple[Test, ...]


class Filing:
    """Rules by the leaves that call them."""

    def __init__(self, leaves: Leaves, tests: Mapping[int, Test]) -> None:
        self._leaves = leaves
        self._tests = tests
        self._waiting: dict[int, bytes] = {}
        """Leaf → rows: a second leaf, a third, one that must not be true, and the rule; for two near each
        other: the second leaf, the number of the bounds between them turned below 0, the first, the rule."""
        self._bounds: dict[Bounds, int] = {}
        self._bounds_table = np.zeros((0, len(Bounds._fields)), np.int32)
        self._guards: dict[int, Guard] = {}
        self._ids: list[str] = []
        """By number of rule. A number is never given again, as an article may be on its way with it."""
        self._numbers: dict[str, int] = {}
        self._firsts: list[int | tuple[int, ...]] = []
        """By number of rule: the leaf under which it waits, or the leaves."""

    def __contains__(self, rule: str) -> bool:
        return rule in self._numbers

    def add(self, rule: str, plan: Plan) -> None:
        """Files a rule, which is not there yet."""
        number = len(self._ids)
        self._ids.append(rule)
        self._numbers[rule] = number
        waiting = self._waiting
        rows = list(self._near_rows(plan.near, number) if plan.near else self._rows(plan, number))
        for first, row in rows:
            waiting[first] = waiting.get(first, b"") + row
        firsts = tuple(dict.fromkeys(first for first, _ in rows))
        self._firsts.append(firsts[0] if len(firsts) == 1 else firsts)

    def remove(self, rule: str) -> None:
        """Takes a rule out. Raises `KeyError` when it is not filed."""
        number = self._numbers.pop(rule)
        known = self._firsts[number]
        for first in known if isinstance(known, tuple) else (known,):
            rows = _as_rows(self._waiting[first])
            rules = rows[:, -1]
            self._waiting[first] = rows[(rules != number) & (rules != ~number)].tobytes()
        self._firsts[number] = ()
        self._guards.pop(number, None)

    def called(self, glance: Glance, cut_short: set[str]) -> set[str]:
        """The rules that match; those that asked for too much work are added to `cut_short`."""
        rows = _as_rows(b"".join(map(self._waiting.get, glance.leaves, repeat(b""))))
        true = glance.flags(self._leaves.size)  # asked after the rows, which thus name no later leaf
        rows = rows.compress(true.take(rows[:, 0]), 0)
        is_near = rows[:, 1] < 0
        near, rows = rows.compress(is_near, 0), rows.compress(~is_near, 0)
        found = rows[:, 3].compress(true.take(rows[:, 1]) > true.take(rows[:, 2]))
        if len(near):
            found = np.concatenate((found, self._stand_near(near, glance.whereabouts)))
        found.sort()  # rules made one after another lie side by side in memory
        guards = int(found.searchsorted(0))
        called = set(map(self._ids.__getitem__, found[guards:].tolist()))
        if guards:
            self._look(set(found[:guards].tolist()), called, glance, cut_short)
        return called

    def _stand_near(self, rows: Rows, whereabouts: Whereabouts) -> Rows:
        """The rules whose two leaves stand as they ask."""
        standing = whereabouts.standing
        place = np.full(self._leaves.size, standing.NOWHERE, np.int32)
        place[standing.leaves] = standing.numbers
        bounds = self._bounds_table.take(~rows[:, 1], 0)
        return rows[:, 3].compress(standing.near(place.take(rows[:, 2]), rows[:, 0], bounds))

    def _look(self, guarded: Set[int], called: set[str], glance: Glance, cut_short: set[str]) -> None:
        """Adds to `called` those whose guards let them through."""
        for turned in guarded:
            guard = self._guards.get(~turned)
            if guard is None:
                continue
            if _opens(guard, glance):
                called.add(self._ids[~turned])
            if glance.cut_short:
                cut_short.add(self._ids[~turned])
                glance.cut_short = False

    def _near_rows(self, near: NearPlan, rule: int) -> Iterator[tuple[int, bytes]]:
        """First leaf and row for every pair of leaves that makes the NEAR true."""
        share = self._leaves.share
        rarer_first = share(dict(near.left).keys()) <= share(dict(near.right).keys())
        for (left, left_words), (right, right_words) in product(near.left, near.right):
            most = left_words - 1 + near.distance
            if near.ordered:
                bounds = Bounds(left_words, most, 1, 0)
            else:
                bounds = Bounds(1 - right_words - near.distance, most, 1 - right_words, left_words - 1)
            if rarer_first:
                first, second = left, right
            else:
                first, second = right, left
                bounds = bounds.turned()
            yield first, _row(second, ~self._number(bounds), first, rule)

    def _number(self, bounds: Bounds) -> int:
        """The row of some bounds in the table of all."""
        known = self._bounds.get(bounds)
        if known is None:
            self._bounds_table = np.array([*self._bounds, bounds], np.int32)
            known = self._bounds[bounds] = len(self._bounds)
        return known

    def _rows(self, plan: Plan, rule: int) -> Iterator[tuple[int, bytes]]:
        """First leaf and row for every way in which a rule can be called."""
        chosen, rest = self._chosen(plan.needs)
        unless = plan.forbids if len(plan.forbids) == 1 else (NEVER,)
        forbids = plan.forbids if len(plan.forbids) > 1 else frozenset[int]()
        if rest or forbids or plan.tests:
            tests = tuple([self._tests[number] for number in plan.tests])
            self._guards[rule] = Guard(tuple(rest), forbids, tests)
            rule = ~rule
        for first, *more in product(*chosen, unless):
            yield first, _row(*more, rule)

    def _chosen(self, needs: Sequence[Clause]) -> tuple[list[Clause], Sequence[Clause]]:
        """The three clauses that make rows, the rarest first, and those left to be checked."""
        chosen: list[Clause] = []
        rest: list[Clause] = []
        rows = 1
        for clause in sorted(dict.fromkeys(needs), key=self._leaves.share):
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


def _opens(guard: Guard, glance: Glance) -> bool:
    """Whether every condition holds."""
    needs, forbids, tests = guard
    true = glance.true
    if forbids and not true.isdisjoint(forbids):
        return False
    for clause in needs:
        if true.isdisjoint(clause):
            return False
    for test in tests:  # noqa: SIM110  a generator costs more than most tests
        if not test(glance):
            return False
    return True
