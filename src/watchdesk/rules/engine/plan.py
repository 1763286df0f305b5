"""A query → what must be true of an article, as cheap as can be: predicates first, residuals for the rest.

A plan says the same as the query: an article matches when every one of `needs` has a true predicate, none
of `forbids` is true, and every test agrees.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from watchdesk.rules.engine.predicates import Predicates
from watchdesk.rules.engine.residual import ResidualPredicates
from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import Node, Words, wanted
from watchdesk.rules.text.folding import plain

Clause = frozenset[int]
"""Predicates of which at least one must be true."""

_MOST_NEAR = 64
"""Bigrams of predicates that one NEAR is taken apart into."""

_EXACT_FACTS = ("source", "tag", "lang")


Sides = tuple[tuple[int, int], ...]
"""Predicates of which any may stand there, each with how many words it is."""

NO_LEAVES: Clause = frozenset()


@dataclass(frozen=True, slots=True)
class NearPlan:
    """Words, or bigrams of them, near each other, and nothing else."""

    left: Sides
    right: Sides
    distance: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What an article must have, must not have, and must be asked."""

    needs: tuple[Clause, ...] = ()
    forbids: Clause = NO_LEAVES
    residuals: tuple[int, ...] = ()
    near: NearPlan | None = None
    """All that is asked, where it is this."""


@dataclass(slots=True)
class _Draft:
    """A plan in the making."""

    needs: list[Clause] = field(default_factory=list)
    forbids: set[int] = field(default_factory=set)
    residuals: list[int] = field(default_factory=list)


class Planner:
    """Makes plans whose predicates and residuals are shared by all rules."""

    def __init__(self, predicates: Predicates, residuals: ResidualPredicates) -> None:
        self._predicates = predicates
        self._residuals = residuals

    def plan(self, query: Node, exclude: Node | None) -> Plan:
        """The plan of a query, and of what it must not find."""
        near = self._near(query) if exclude is None and isinstance(query, syntax.Near) else None
        if near:
            return Plan(near=near)
        draft = _Draft()
        self._add(query, None, draft)
        if exclude is not None:
            self._refuse(exclude, None, draft)
        return Plan(tuple(draft.needs), frozenset(draft.forbids) or NO_LEAVES, tuple(draft.residuals))

    def _add(self, node: Node, scope: str | None, plan: _Draft) -> None:
        match node:
            case syntax.And():
                for child in node.children:
                    self._add(child, scope, plan)
            case syntax.Weighted():
                self._add(node.child, scope, plan)
            case syntax.Within() if scope is None:
                self._add(node.child, node.field, plan)
            case syntax.Not():
                self._refuse(node.child, scope, plan)
            case Words() | syntax.Pattern() | syntax.Listed() | syntax.Fact():
                self._need(node, scope, plan)
            case syntax.Or() | syntax.TextOperator():
                self._need(node, scope, plan)
            case _:
                assert_never(node)

    def _need(self, node: Node, scope: str | None, plan: _Draft) -> None:
        alternatives = self._alternatives(node, scope)
        if alternatives is not None:
            plan.needs.append(alternatives)
        else:
            plan.needs += self._necessary(node, scope)
            plan.residuals.append(self._residuals.number(node, scope))

    def _refuse(self, node: Node, scope: str | None, plan: _Draft) -> None:
        alternatives = self._alternatives(node, scope)
        if alternatives is not None:
            plan.forbids |= alternatives
        elif isinstance(node, syntax.Or):
            for child in node.children:
                self._refuse(child, scope, plan)
        else:
            plan.residuals.append(self._residuals.number(syntax.Not(node, node.at), scope))

    def _near(self, node: syntax.Near) -> NearPlan | None:
        left, right = self._side(node.left), self._side(node.right)
        if left is None or right is None or len(left) * len(right) > _MOST_NEAR:
            return None
        return NearPlan(tuple(left.items()), tuple(right.items()), node.distance, node.ordered)

    def _side(self, node: Node) -> Mapping[int, int] | None:
        """The predicates of one side of a NEAR and their lengths in words; None when it has others."""
        match node:
            case Words():
                predicate = self._predicate(node, None)
                if predicate is None:
                    return None
                self._predicates.need_positions(map(self._predicates.lexeme, node.parts))
                return {predicate: len(node.parts)}
            case syntax.Listed():
                return self._sides(node.entries)
            case syntax.Or():
                return self._sides(node.children)
            case syntax.Weighted():
                return self._side(node.child)
            case syntax.Pattern() | syntax.Fact() | syntax.BooleanOperator() | syntax.TextOperator():
                return None
            case _:
                assert_never(node)

    def _sides(self, nodes: Sequence[Node]) -> Mapping[int, int] | None:
        found: dict[int, int] = {}
        for node in nodes:
            side = self._side(node)
            if side is None:
                return None
            found.update(side)
        return found

    def _alternatives(  # noqa: PLR0911  one answer a kind of node
        self, node: Node, scope: str | None
    ) -> Clause | None:
        """The predicates of which any makes the node true; None when predicates alone cannot say it."""
        match node:
            case Words():
                predicate = self._predicate(node, scope)
                return None if predicate is None else frozenset((predicate,))
            case syntax.Listed():
                return self._all_predicates(node.entries, scope)
            case syntax.Or():
                return self._all_predicates(node.children, scope)
            case syntax.Weighted():
                return self._alternatives(node.child, scope)
            case syntax.Within() if scope is None:
                return self._alternatives(node.child, node.field)
            case syntax.Fact(field=name) if name in _EXACT_FACTS and "*" not in node.value:
                return frozenset((self._predicates.fact(name, plain(node.value)),))
            case syntax.Fact() | syntax.Pattern() | syntax.BooleanOperator() | syntax.TextOperator():
                return None
            case _:
                assert_never(node)

    def _all_predicates(self, nodes: Sequence[Node], scope: str | None) -> Clause | None:
        found: set[int] = set()
        for node in nodes:
            predicates = self._alternatives(node, scope)
            if predicates is None:
                return None
            found |= predicates
        return frozenset(found)

    def _predicate(self, words: Words, scope: str | None) -> int | None:
        """The one predicate that a word, or a phrase of two, comes to."""
        parts = words.parts
        first = self._predicates.lexeme(parts[0])
        if len(parts) == 1:
            return first if scope is None else self._predicates.in_field(scope, first)
        if len(parts) == 2 and scope is None and parts[1].offset == 1:
            return self._predicates.bigram(first, self._predicates.lexeme(parts[1]))
        return None

    def _necessary(  # noqa: PLR0911  one answer a kind of node
        self, node: Node, scope: str | None
    ) -> list[Clause]:
        """Clauses without which the node cannot be true; together they may say less than it."""
        alternatives = self._alternatives(node, scope)
        if alternatives is not None:
            return [alternatives]
        match node:
            case Words():
                return self._words_of(node, scope)
            case syntax.Listed():
                return self._any_of(node.entries, scope)
            case syntax.Or():
                return self._any_of(node.children, scope)
            case syntax.Not() | syntax.Pattern() | syntax.Fact():
                return []
            case syntax.Within():
                return self._necessary(node.child, scope or node.field)
            case syntax.And() | syntax.TextOperator():
                return [clause for child in wanted(node) for clause in self._necessary(child, scope)]
            case _:
                assert_never(node)

    def _words_of(self, words: Words, scope: str | None) -> list[Clause]:
        lexemes = [self._predicates.lexeme(part) for part in words.parts]
        if scope is not None:
            return [frozenset((self._predicates.in_field(scope, lexeme),)) for lexeme in lexemes]
        neighbours = zip(words.parts, words.parts[1:], lexemes, lexemes[1:], strict=False)
        bigrams = [
            self._predicates.bigram(left, right)
            for one, other, left, right in neighbours
            if other.offset - one.offset == 1
        ]
        return [frozenset((predicate,)) for predicate in bigrams or lexemes]

    def _any_of(self, nodes: Iterable[Node], scope: str | None) -> list[Clause]:
        """One clause for several branches: the rarest clause of each."""
        joined: set[int] = set()
        for node in nodes:
            clauses = self._necessary(node, scope)
            if not clauses:
                return []
            joined |= min(clauses, key=self._predicates.frequency)
        return [frozenset(joined)]
