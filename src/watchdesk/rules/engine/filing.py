"""Where rules wait: each under its rarest clause, and there under its second rarest.

An article's true leaves lead straight to the rules that can match it; no other rule is looked at.
"""

from collections.abc import Callable, Sequence, Set
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


class Place(NamedTuple):
    """What waits under two leaves, by what it asks for beside them."""

    matched: tuple[str, ...] = ()
    """Nothing more."""
    near: tuple[tuple[Bounds, tuple[str, ...]], ...] = ()
    """That the two stand near each other."""
    unless: tuple[tuple[str, int], ...] = ()
    """That one leaf is not true."""
    third: tuple[tuple[str, Clause], ...] = ()
    """One clause more."""
    guarded: tuple[Guarded, ...] = ()
    """Several things, or a test."""

    def joined(self, other: "Place") -> "Place":
        """Both, rules that ask for the same nearness together."""
        near = dict(self.near)
        for bounds, rules in other.near:
            near[bounds] = near.get(bounds, ()) + rules
        return Place(
            self.matched + other.matched,
            tuple(near.items()),
            self.unless + other.unless,
            self.third + other.third,
            self.guarded + other.guarded,
        )

    def without(self, rule: str) -> "Place":
        """All but one rule."""
        near = ((bounds, tuple(one for one in rules if one != rule)) for bounds, rules in self.near)
        return Place(
            tuple(one for one in self.matched if one != rule),
            tuple((bounds, rules) for bounds, rules in near if rules),
            tuple(waiting for waiting in self.unless if waiting[0] != rule),
            tuple(waiting for waiting in self.third if waiting[0] != rule),
            tuple(waiting for waiting in self.guarded if waiting.rule != rule),
        )


Filed = Sequence[tuple[int, int]]
"""The places of a rule: first and second leaf of each."""


class Filing:
    """Rules by the leaves that call them."""

    def __init__(self, tests: dict[int, Test], share: Callable[[Set[int]], float]) -> None:
        self._tests = tests
        self._share = share
        self._places: dict[int, dict[int, str | Place]] = {}
        """First leaf → second leaf, `UNKNOWN` where one is enough → what waits; an id where that is all."""
        self._filed: dict[str, Plan] = {}

    def add(self, rule: str, plan: Plan) -> None:
        """Files a rule."""
        self._filed[rule] = plan
        for first, second, entry in self._entries(rule, plan):
            places = self._places.setdefault(first, {})
            known = places.get(second)
            places[second] = entry if known is None else _place(known).joined(_place(entry))

    def remove(self, rule: str) -> None:
        """Takes a rule out. Raises `KeyError` when it is not filed."""
        for first, second, _ in self._entries(rule, self._filed.pop(rule)):
            places = self._places[first]
            left = _place(places.pop(second)).without(rule)
            if any(left):
                places[second] = left
            if not places:
                del self._places[first]

    def called(  # noqa: PLR0912  the one loop that runs for every article; a call a branch would cost a third
        self, glance: Glance, cut_short: set[str]
    ) -> set[str]:
        """The rules that match; those that asked for too much work are added to `cut_short`."""
        true, places = glance.true, self._places
        reach, mask = glance.whereabouts.reach, glance.whereabouts.mask
        matched: set[str] = set()
        guarded: list[Guarded] = []
        for first in places.keys() & true:
            here = places[first]
            for second in here.keys() & true:
                place = here[second]
                if isinstance(place, str):
                    matched.add(place)
                    continue
                found, near, unless, third, several = place
                if found:
                    matched.update(found)
                if near:
                    for bounds, rules in near:
                        if reach(first, bounds) & mask(second):
                            matched.update(rules)
                if unless:
                    for rule, unwanted in unless:
                        if unwanted not in true:
                            matched.add(rule)
                if third:
                    for rule, clause in third:
                        if not true.isdisjoint(clause):
                            matched.add(rule)
                if several:
                    guarded += several
        for waiting in guarded:
            if waiting.rule not in matched and _opens(waiting, glance):
                matched.add(waiting.rule)
            if glance.cut_short:
                cut_short.add(waiting.rule)
                glance.cut_short = False
        return matched

    def _entries(self, rule: str, plan: Plan) -> list[tuple[int, int, str | Place]]:
        """Where the rule is filed, and what it asks there."""
        if plan.near:
            return self._near_entries(rule, plan.near)
        firsts, seconds, rest = self._chosen(plan.needs)
        entry = self._entry(rule, plan, rest)
        return [(first, second, entry) for first in firsts for second in seconds]

    def _near_entries(self, rule: str, near: NearPlan) -> list[tuple[int, int, str | Place]]:
        rarer_first = self._share(near.left.keys()) <= self._share(near.right.keys())
        entries: list[tuple[int, int, str | Place]] = []
        for left, left_length in near.left.items():
            for right, right_length in near.right.items():
                after = (left_length, left_length - 1 + near.distance)
                before = (-(right_length - 1 + near.distance), -right_length)
                if near.ordered:
                    before = (0, -1)
                if rarer_first:
                    entries.append((left, right, Place(near=(((*after, *before), (rule,)),))))
                else:
                    turned = (-before[1], -before[0], -after[1], -after[0])
                    entries.append((right, left, Place(near=((turned, (rule,)),))))
        return entries

    def _entry(self, rule: str, plan: Plan, rest: Sequence[Clause]) -> str | Place:
        if not plan.tests:
            if not plan.forbids and not rest:
                return rule
            if not rest and len(plan.forbids) == 1:
                return Place(unless=((rule, next(iter(plan.forbids))),))
            if not plan.forbids and len(rest) == 1:
                return Place(third=((rule, rest[0]),))
        tests = tuple([self._tests[number] for number in plan.tests])
        return Place(guarded=(Guarded(rule, tuple(rest), frozenset(plan.forbids), tests),))

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


def _place(waiting: str | Place) -> Place:
    return Place(matched=(waiting,)) if isinstance(waiting, str) else waiting


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
