"""Where rules wait: each under its rarest clause, and there under its second rarest.

An article's true leaves lead straight to the rules that can match it; no other rule is looked at.
"""

from collections.abc import Callable, Sequence, Set
from typing import NamedTuple

from watchdesk.rules.engine.glance import Glance, Test
from watchdesk.rules.engine.leaves import UNKNOWN
from watchdesk.rules.engine.plan import Clause, Plan

_MOST_PLACES = 64
"""Pairs of leaves under which one rule is filed; beyond, its second clause is only checked."""

_ALWAYS: Clause = frozenset((UNKNOWN,))


class Guarded(NamedTuple):
    """A rule that needs more than the two leaves it is filed under."""

    rule: int
    needs: tuple[Clause, ...]
    forbids: Clause
    tests: tuple[int, ...]


class Waiting(NamedTuple):
    """What waits under two leaves: rules that match when both are true, and rules to be looked at."""

    matched: tuple[int, ...] = ()
    guarded: tuple[Guarded, ...] = ()


_NOTHING = Waiting()


class Filing:
    """Rules by the leaves that call them."""

    def __init__(self, tests: dict[int, Test], share: Callable[[Set[int]], float]) -> None:
        self._tests = tests
        self._share = share
        self._places: dict[int, dict[int, Waiting]] = {}
        """First leaf → second leaf, `UNKNOWN` where one is enough → what waits there."""
        self._filed: dict[int, tuple[Clause, Clause]] = {}

    def add(self, rule: int, plan: Plan) -> None:
        """Files a rule."""
        first, second, rest = self._chosen(plan.needs)
        self._filed[rule] = first, second
        matched: tuple[int, ...] = (rule,)
        guarded: tuple[Guarded, ...] = ()
        if rest or plan.forbids or plan.tests:
            guarded = (Guarded(rule, tuple(rest), frozenset(plan.forbids), tuple(plan.tests)),)
            matched = ()
        new = Waiting(matched, guarded)
        for leaf in first:
            places = self._places.setdefault(leaf, {})
            for other in second:
                known = places.get(other)
                places[other] = new if known is None else Waiting(known[0] + matched, known[1] + guarded)

    def remove(self, rule: int) -> None:
        """Takes a rule out."""
        first, second = self._filed.pop(rule)
        for leaf in first:
            places = self._places[leaf]
            for other in second:
                matched, guarded = places.pop(other)
                left = Waiting(
                    tuple(number for number in matched if number != rule),
                    tuple(waiting for waiting in guarded if waiting.rule != rule),
                )
                if left != _NOTHING:
                    places[other] = left
            if not places:
                del self._places[leaf]

    def called(self, glance: Glance) -> set[int]:
        """The rules that match."""
        true, places = glance.true, self._places
        matched: set[int] = set()
        guarded: list[Guarded] = []
        for leaf in places.keys() & true:
            here = places[leaf]
            for other in here.keys() & true:
                found, looked_at = here[other]
                matched.update(found)
                if looked_at:
                    guarded += looked_at
        if guarded:
            self._open(guarded, matched, glance)
        return matched

    def _open(self, guarded: Sequence[Guarded], matched: set[int], glance: Glance) -> None:
        """Adds the rules whose every condition holds to `matched`."""
        true, ask, tests = glance.true, glance.ask, self._tests
        for rule, needs, forbids, asked in guarded:
            if forbids and not true.isdisjoint(forbids):
                continue
            for clause in needs:
                if true.isdisjoint(clause):
                    break
            else:
                for number in asked:
                    if not ask(number, tests[number]):
                        break
                else:
                    matched.add(rule)

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
