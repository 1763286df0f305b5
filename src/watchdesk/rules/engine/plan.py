"""A query → its plan: what must be true of an article, in clauses of predicates wherever they can say it.

A plan means the same as the query: an article matches when each clause of `needs` has a true predicate, no
predicate of `forbids` is true, and every residual predicate agrees.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from watchdesk.rules.engine.predicates import Predicates
from watchdesk.rules.engine.residual import ResidualPredicates, operand_words
from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import Node, Words, wanted
from watchdesk.rules.text.folding import plain

Clause = frozenset[int]
"""Predicates of which at least one must be true."""

Operand = tuple[tuple[int, int], ...]
"""The predicates that may be one side of a NEAR, each with its length in words."""

_MOST_PAIRS = 64
"""Pairs of predicates that one NEAR may be split into."""

_NO_PREDICATES: Clause = frozenset()


@dataclass(frozen=True, slots=True)
class NearPlan:
    """A query that is one NEAR of words and bigrams, and nothing else."""

    left: Operand
    right: Operand
    distance: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What an article must have, must not have, and must be asked."""

    needs: tuple[Clause, ...] = ()
    forbids: Clause = _NO_PREDICATES
    residuals: tuple[int, ...] = ()
    near: NearPlan | None = None
    """The whole query, where a `NearPlan` can say it."""


@dataclass(slots=True)
class _Draft:
    """A plan in the making."""

    needs: list[Clause] = field(default_factory=list)
    forbids: set[int] = field(default_factory=set)
    residuals: list[int] = field(default_factory=list)


class Planner:
    """Makes plans. All rules share their predicates and residual predicates."""

    def __init__(self, predicates: Predicates, residuals: ResidualPredicates) -> None:
        self._predicates = predicates
        self._residuals = residuals

    def plan(self, query: Node, exclude: Node | None) -> Plan:
        """The plan for articles that match `query` and not `exclude`."""
        near = self._near(query) if exclude is None and isinstance(query, syntax.Near) else None
        if near:
            return Plan(near=near)
        draft = _Draft()
        self._require(query, None, draft)
        if exclude is not None:
            self._forbid(exclude, None, draft)
        return Plan(tuple(draft.needs), frozenset(draft.forbids) or _NO_PREDICATES, tuple(draft.residuals))

    def _require(self, node: Node, scope: syntax.TextField | None, plan: _Draft) -> None:
        match node:
            case syntax.And():
                for child in node.children:
                    self._require(child, scope, plan)
            case syntax.Weighted():
                self._require(node.child, scope, plan)
            case syntax.Within() if scope is None:
                self._require(node.child, node.field, plan)
            case syntax.Not():
                self._forbid(node.child, scope, plan)
            case Words() | syntax.Pattern() | syntax.Listed() | syntax.Fact():
                self._require_whole(node, scope, plan)
            case syntax.Or() | syntax.TextOperator():
                self._require_whole(node, scope, plan)
            case _:
                assert_never(node)

    def _require_whole(self, node: Node, scope: syntax.TextField | None, plan: _Draft) -> None:
        clause = self._clause(node, scope)
        if clause is not None:
            plan.needs.append(clause)
        else:
            plan.needs += self._necessary(node, scope)
            plan.residuals.append(self._residuals.number(node, scope))

    def _forbid(self, node: Node, scope: syntax.TextField | None, plan: _Draft) -> None:
        clause = self._clause(node, scope)
        if clause is not None:
            plan.forbids |= clause
        elif isinstance(node, syntax.Or):
            for child in node.children:
                self._forbid(child, scope, plan)
        else:
            plan.residuals.append(self._residuals.number(syntax.Not(node, node.at), scope))

    def _near(self, node: syntax.Near) -> NearPlan | None:
        left, right = self._operand(node.left), self._operand(node.right)
        if left is None or right is None or len(left) * len(right) > _MOST_PAIRS:
            return None
        return NearPlan(tuple(left.items()), tuple(right.items()), node.distance, node.ordered)

    def _operand(self, node: Node) -> Mapping[int, int] | None:
        """One side of a NEAR: predicate → length in words; None when it is more than words and bigrams."""
        terms = operand_words(node)
        if terms is None:
            return None
        found: dict[int, int] = {}
        for words in terms:
            predicate = self._predicate(words, None)
            if predicate is None:
                return None
            self._predicates.need_positions(map(self._predicates.lexeme, words.parts))
            found[predicate] = len(words.parts)
        return found

    def _clause(  # noqa: PLR0911  one answer a kind of node
        self, node: Node, scope: syntax.TextField | None
    ) -> Clause | None:
        """The clause that means the same as the node; None when predicates cannot say it."""
        match node:
            case Words():
                predicate = self._predicate(node, scope)
                return None if predicate is None else frozenset((predicate,))
            case syntax.Listed():
                return self._joined_clause(node.entries, scope)
            case syntax.Or():
                return self._joined_clause(node.children, scope)
            case syntax.Weighted():
                return self._clause(node.child, scope)
            case syntax.Within() if scope is None:
                return self._clause(node.child, node.field)
            case syntax.Fact(field=name) if name in syntax.COMPARED_WHOLE and "*" not in node.value:
                return frozenset((self._predicates.fact(name, plain(node.value)),))
            case syntax.Pattern() | syntax.Fact() | syntax.BooleanOperator() | syntax.TextOperator():
                return None
            case _:
                assert_never(node)

    def _joined_clause(self, nodes: Sequence[Node], scope: syntax.TextField | None) -> Clause | None:
        found: set[int] = set()
        for node in nodes:
            clause = self._clause(node, scope)
            if clause is None:
                return None
            found |= clause
        return frozenset(found)

    def _predicate(self, words: Words, scope: syntax.TextField | None) -> int | None:
        """The predicate that means the same as a word, or as a phrase of two; None when there is none."""
        parts = words.parts
        first = self._predicates.lexeme(parts[0])
        if len(parts) == 1:
            return first if scope is None else self._predicates.in_field(scope, first)
        if len(parts) == 2 and scope is None and parts[1].offset == 1:
            return self._predicates.bigram(first, self._predicates.lexeme(parts[1]))
        return None

    def _necessary(self, node: Node, scope: syntax.TextField | None) -> Sequence[Clause]:
        """Clauses without which the node cannot be true; together they may say less than the node."""
        clause = self._clause(node, scope)
        if clause is not None:
            return [clause]
        match node:
            case Words():
                return self._necessary_words(node, scope)
            case syntax.Listed():
                return self._necessary_of_any(node.entries, scope)
            case syntax.Or():
                return self._necessary_of_any(node.children, scope)
            case syntax.Within():
                return self._necessary(node.child, scope or node.field)
            case syntax.Pattern() | syntax.Fact() | syntax.BooleanOperator() | syntax.TextOperator():
                return [clause for child in wanted(node) for clause in self._necessary(child, scope)]
            case _:
                assert_never(node)

    def _necessary_words(self, words: Words, scope: syntax.TextField | None) -> Sequence[Clause]:
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

    def _necessary_of_any(self, nodes: Iterable[Node], scope: syntax.TextField | None) -> Sequence[Clause]:
        """One clause for all branches: the rarest clause of each, joined."""
        joined: set[int] = set()
        for node in nodes:
            clauses = self._necessary(node, scope)
            if not clauses:
                return []
            joined |= min(clauses, key=self._predicates.frequency)
        return [frozenset(joined)]
