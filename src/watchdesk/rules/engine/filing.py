"""Where rules wait: each under its rarest clause, and there under its second rarest.

An article's true leaves lead straight to the rules that can match it; no other rule is looked at.
What waits is an id (the rule matches), a `Close` or a `Guarded` (to be looked at), or a list of these.
"""

from collections.abc import Callable, Sequence, Set
from typing import NamedTuple

from watchdesk.rules.engine.glance import Glance, Test
from watchdesk.rules.engine.leaves import UNKNOWN
from watchdesk.rules.engine.plan import Clause, Plan
from watchdesk.rules.engine.proximity import Words, near_words

_MOST_PLACES = 64
"""Pairs of leaves under which one rule is filed; beyond, its second clause is only checked."""

_ALWAYS: Clause = frozenset((UNKNOWN,))


class Close(NamedTuple):
    """A rule that asks for two words near each other and nothing else."""

    rule: str
    words: Words


class Guarded(NamedTuple):
    """A rule that needs more than the two leaves it is filed under."""

    rule: str
    needs: tuple[Clause, ...]
    forbids: Clause
    tests: tuple[Test, ...]


Waiting = str | Close | Guarded
Place = Waiting | list[Waiting]


class Filing:
    """Rules by the leaves that call them."""

    def __init__(
        self, tests: dict[int, Test], near: dict[int, Words], share: Callable[[Set[int]], float]
    ) -> None:
        self._tests = tests
        self._near = near
        self._share = share
        self._places: dict[int, dict[int, Place]] = {}
        """First leaf → second leaf, `UNKNOWN` where one is enough → what waits there."""
        self._filed: dict[str, tuple[Clause, Clause]] = {}

    def add(self, rule: str, plan: Plan) -> None:
        """Files a rule."""
        first, second, rest = self._chosen(plan.needs)
        self._filed[rule] = first, second
        entry = self._entry(rule, plan, rest)
        for leaf in first:
            places = self._places.setdefault(leaf, {})
            for other in second:
                known = places.get(other)
                if known is None:
                    places[other] = entry
                elif isinstance(known, list):
                    known.append(entry)
                else:
                    places[other] = [known, entry]

    def remove(self, rule: str) -> None:
        """Takes a rule out. Raises `KeyError` when it is not filed."""
        first, second = self._filed.pop(rule)
        for leaf in first:
            places = self._places[leaf]
            for other in second:
                waiting = places[other]
                several = waiting if isinstance(waiting, list) else []
                left = [entry for entry in several if _rule(entry) != rule]
                if left:
                    places[other] = left
                else:
                    del places[other]
            if not places:
                del self._places[leaf]

    def called(self, glance: Glance, cut_short: set[str]) -> set[str]:
        """The rules that match; those that asked for too much work are added to `cut_short`."""
        true, places = glance.true, self._places
        waiting: list[Place] = []
        for leaf in places.keys() & true:
            here = places[leaf]
            waiting += map(here.__getitem__, here.keys() & true)
        matched: set[str] = set()
        for entry in waiting:
            if isinstance(entry, str):
                matched.add(entry)
            elif isinstance(entry, list):
                waiting += entry
            elif isinstance(entry, Close):
                if near_words(entry.words, glance.where):
                    matched.add(entry.rule)
            else:
                if _opens(entry, glance):
                    matched.add(entry.rule)
                if glance.cut_short:
                    cut_short.add(entry.rule)
                    glance.cut_short = False
        return matched

    def _entry(self, rule: str, plan: Plan, rest: Sequence[Clause]) -> Waiting:
        if not (rest or plan.forbids):
            if not plan.tests:
                return rule
            if len(plan.tests) == 1 and plan.tests[0] in self._near:
                return Close(rule, self._near[plan.tests[0]])
        tests = tuple([self._tests[number] for number in plan.tests])
        return Guarded(rule, tuple(rest), frozenset(plan.forbids), tests)

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


def _rule(entry: Waiting) -> str:
    return entry if isinstance(entry, str) else entry.rule
