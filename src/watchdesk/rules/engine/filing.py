"""Where rules wait: each under its rarest clause, and there under its second rarest.

An article's true leaves lead straight to the rules that can match it; no other rule is looked at.
"""

from collections.abc import Callable, Iterator, Sequence, Set
from typing import NamedTuple

from watchdesk.rules.engine.glance import Glance, Test
from watchdesk.rules.engine.leaves import UNKNOWN
from watchdesk.rules.engine.plan import Clause, NearPlan, Plan
from watchdesk.rules.engine.whereabouts import Bounds

_MOST_PLACES = 64
"""Pairs of leaves under which one rule is filed; beyond, its second clause is only checked."""

_ALWAYS: Clause = frozenset((UNKNOWN,))


class Guarded(NamedTuple):
    """A rule that needs more than the two leaves it is filed under."""

    rule: str
    needs: tuple[Clause, ...]
    forbids: Clause
    tests: tuple[Test, ...]


class Others(NamedTuple):
    """Rules that wait under two leaves and ask for something more."""

    unless: tuple[tuple[str, int], ...] = ()
    """That one leaf is not true."""
    third: tuple[tuple[str, Clause], ...] = ()
    """One clause more."""
    several: tuple[Guarded, ...] = ()
    """Several things, or a test."""

    def joined(self, other: "Others") -> "Others":
        """Both."""
        return Others(self.unless + other.unless, self.third + other.third, self.several + other.several)

    def without(self, rule: str) -> "Others":
        """All but one rule."""
        return Others(
            tuple(waiting for waiting in self.unless if waiting[0] != rule),
            tuple(waiting for waiting in self.third if waiting[0] != rule),
            tuple(waiting for waiting in self.several if waiting.rule != rule),
        )


class Place(NamedTuple):
    """What waits under one leaf, by the second: `UNKNOWN` where one is enough."""

    matched: dict[int, tuple[str, ...]]
    """Rules that ask for nothing more."""
    near: dict[Bounds, dict[int, tuple[str, ...]]]
    """Rules that ask for the two near each other, and nothing more."""
    others: dict[int, Others]


class Filing:
    """Rules by the leaves that call them."""

    def __init__(self, tests: dict[int, Test], share: Callable[[Set[int]], float]) -> None:
        self._tests = tests
        self._share = share
        self._places: dict[int, Place] = {}
        self._filed: dict[str, Plan] = {}

    def add(self, rule: str, plan: Plan) -> None:
        """Files a rule."""
        self._filed[rule] = plan
        if plan.near:
            for first, second, bounds in self._near_places(plan.near):
                rules = self._place(first).near.setdefault(bounds, {})
                rules[second] = (*rules.get(second, ()), rule)
            return
        firsts, seconds, rest = self._chosen(plan.needs)
        more = self._more(rule, plan, rest)
        for first in firsts:
            matched, _, others = self._place(first)
            for second in seconds:
                if more is None:
                    matched[second] = (*matched.get(second, ()), rule)
                else:
                    known = others.get(second)
                    others[second] = more if known is None else known.joined(more)

    def remove(self, rule: str) -> None:
        """Takes a rule out. Raises `KeyError` when it is not filed."""
        plan = self._filed.pop(rule)
        if plan.near:
            for first, second, bounds in self._near_places(plan.near):
                near = self._places[first].near
                _take(rule, near[bounds], second)
                if not near[bounds]:
                    del near[bounds]
                self._forget_empty(first)
            return
        firsts, seconds, rest = self._chosen(plan.needs)
        more = self._more(rule, plan, rest)
        for first in firsts:
            matched, _, others = self._places[first]
            for second in seconds:
                if more is None:
                    _take(rule, matched, second)
                else:
                    others[second] = others[second].without(rule)
                    if not any(others[second]):
                        del others[second]
            self._forget_empty(first)

    def called(self, glance: Glance, cut_short: set[str]) -> set[str]:
        """The rules that match; those that asked for too much work are added to `cut_short`."""
        true, places = glance.true, self._places
        near_to = glance.whereabouts.near
        called: set[str] = set()
        waiting: list[Others] = []
        for first in places.keys() & true:
            matched, near, others = places[first]
            if matched:
                for second in matched.keys() & true:
                    called.update(matched[second])
            if near:
                for bounds, rules in near.items():
                    seconds = rules.keys() & true
                    if seconds:
                        for second in near_to(first, bounds, seconds):
                            called.update(rules[second])
            if others:
                waiting += map(others.__getitem__, others.keys() & true)
        self._look(waiting, called, glance, cut_short)
        return called

    def _look(self, waiting: Sequence[Others], called: set[str], glance: Glance, cut_short: set[str]) -> None:
        """Adds to `called` those that wait and have what they ask for."""
        true = glance.true
        several: list[Guarded] = []
        for unless, third, more in waiting:
            for rule, unwanted in unless:
                if unwanted not in true:
                    called.add(rule)
            for rule, clause in third:
                if not true.isdisjoint(clause):
                    called.add(rule)
            several += more
        for guarded in several:
            if guarded.rule not in called and _opens(guarded, glance):
                called.add(guarded.rule)
            if glance.cut_short:
                cut_short.add(guarded.rule)
                glance.cut_short = False

    def _place(self, leaf: int) -> Place:
        known = self._places.get(leaf)
        if known is None:
            known = self._places[leaf] = Place({}, {}, {})
        return known

    def _forget_empty(self, leaf: int) -> None:
        if not any(self._places[leaf]):
            del self._places[leaf]

    def _near_places(self, near: NearPlan) -> Iterator[tuple[int, int, Bounds]]:
        """First and second leaf of every pair that makes the NEAR true, and how the second may stand."""
        rarer_first = self._share(dict(near.left).keys()) <= self._share(dict(near.right).keys())
        for left, left_length in near.left:
            for right, right_length in near.right:
                after = left_length, left_length - 1 + near.distance
                before = (0, -1) if near.ordered else (1 - right_length - near.distance, -right_length)
                if rarer_first:
                    yield left, right, Bounds(*after, *before, right_length)
                else:
                    yield right, left, Bounds(-before[1], -before[0], -after[1], -after[0], left_length)

    def _more(self, rule: str, plan: Plan, rest: Sequence[Clause]) -> Others | None:
        """What the rule asks for beside two leaves."""
        if not plan.tests:
            if not plan.forbids and not rest:
                return None
            if not rest and len(plan.forbids) == 1:
                return Others(unless=((rule, next(iter(plan.forbids))),))
            if not plan.forbids and len(rest) == 1:
                return Others(third=((rule, rest[0]),))
        tests = tuple([self._tests[number] for number in plan.tests])
        return Others(several=(Guarded(rule, tuple(rest), plan.forbids, tests),))

    def _chosen(self, needs: Sequence[Clause]) -> tuple[Clause, Clause, Sequence[Clause]]:
        """The clause to file under, the second, and those left to be checked."""
        if not needs:
            return _ALWAYS, _ALWAYS, ()
        by_share = sorted(dict.fromkeys(needs), key=self._share) if len(needs) > 1 else needs
        first = by_share[0]
        for number, second in enumerate(by_share[1:], start=1):
            if len(first) * len(second) <= _MOST_PLACES:
                return first, second, [*by_share[1:number], *by_share[number + 1 :]]
        return first, _ALWAYS, by_share[1:]


def _take(rule: str, rules: dict[int, tuple[str, ...]], second: int) -> None:
    """Takes a rule out of those that wait under a second leaf."""
    left = tuple(one for one in rules[second] if one != rule)
    if left:
        rules[second] = left
    else:
        del rules[second]


def _opens(guarded: Guarded, glance: Glance) -> bool:
    """Whether every condition of a rule holds."""
    _, needs, forbids, tests = guarded
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
