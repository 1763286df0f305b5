"""A query → what must be true of an article, as cheap as can be: leaves first, tests for the rest.

A plan says the same as the query: an article matches when every one of `needs` has a true leaf, none
of `forbids` is true, and every test agrees.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from watchdesk.rules.engine.predicates import Leaves
from watchdesk.rules.engine.residual import Questions
from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import Node, Words, children
from watchdesk.rules.text.folding import plain

Clause = frozenset[int]
"""Leaves of which at least one must be true."""

_MOST_NEAR = 64
"""Pairs of leaves that one NEAR is taken apart into."""

_EXACT_FACTS = ("source", "tag", "lang")


Sides = tuple[tuple[int, int], ...]
"""Leaves of which any may stand there, each with how many words it is."""

NO_LEAVES: Clause = frozenset()


@dataclass(frozen=True, slots=True)
class NearPlan:
    """Words, or pairs of them, near each other, and nothing else."""

    left: Sides
    right: Sides
    distance: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What an article must have, must not have, and must be asked."""

    needs: tuple[Clause, ...] = ()
    forbids: Clause = NO_LEAVES
    tests: tuple[int, ...] = ()
    near: NearPlan | None = None
    """All that is asked, where it is this."""


@dataclass(slots=True)
class _Draft:
    """A plan in the making."""

    needs: list[Clause] = field(default_factory=list)
    forbids: set[int] = field(default_factory=set)
    tests: list[int] = field(default_factory=list)


class Planner:
    """Makes plans whose leaves and tests are shared by all rules."""

    def __init__(self, leaves: Leaves, questions: Questions) -> None:
        self._leaves = leaves
        self._questions = questions

    def plan(self, query: Node, exclude: Node | None) -> Plan:
        """The plan of a query, and of what it must not find."""
        near = self._near(query) if exclude is None and isinstance(query, syntax.Near) else None
        if near:
            return Plan(near=near)
        draft = _Draft()
        self._add(query, None, draft)
        if exclude is not None:
            self._refuse(exclude, None, draft)
        return Plan(tuple(draft.needs), frozenset(draft.forbids) or NO_LEAVES, tuple(draft.tests))

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
            case _:
                alternatives = self._alternatives(node, scope)
                if alternatives is not None:
                    plan.needs.append(alternatives)
                else:
                    plan.needs += self._necessary(node, scope)
                    plan.tests.append(self._questions.number(node, scope))

    def _refuse(self, node: Node, scope: str | None, plan: _Draft) -> None:
        alternatives = self._alternatives(node, scope)
        if alternatives is not None:
            plan.forbids |= alternatives
        elif isinstance(node, syntax.Or):
            for child in node.children:
                self._refuse(child, scope, plan)
        else:
            plan.tests.append(self._questions.number(syntax.Not(node, node.at), scope))

    def _near(self, node: syntax.Near) -> NearPlan | None:
        left, right = self._side(node.left), self._side(node.right)
        if left is None or right is None or len(left) * len(right) > _MOST_NEAR:
            return None
        return NearPlan(tuple(left.items()), tuple(right.items()), node.distance, node.ordered)

    def _side(self, node: Node) -> Mapping[int, int] | None:
        """The leaves of one side of a NEAR and their lengths in words; None when it has others."""
        match node:
            case Words():
                leaf = self._leaf(node, None)
                if leaf is None:
                    return None
                self._leaves.ask_where(map(self._leaves.atom, node.parts))
                return {leaf: len(node.parts)}
            case syntax.Listed():
                return self._sides(node.entries)
            case syntax.Or():
                return self._sides(node.children)
            case syntax.Weighted():
                return self._side(node.child)
            case _:
                return None

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
        """The leaves of which any makes the node true; None when leaves alone cannot say it."""
        match node:
            case Words():
                leaf = self._leaf(node, scope)
                return None if leaf is None else frozenset((leaf,))
            case syntax.Listed():
                return self._all_leaves(node.entries, scope)
            case syntax.Or():
                return self._all_leaves(node.children, scope)
            case syntax.Weighted():
                return self._alternatives(node.child, scope)
            case syntax.Within() if scope is None:
                return self._alternatives(node.child, node.field)
            case syntax.Fact(field=name) if name in _EXACT_FACTS and "*" not in node.value:
                return frozenset((self._leaves.fact(name, plain(node.value)),))
            case _:
                return None

    def _all_leaves(self, nodes: Sequence[Node], scope: str | None) -> Clause | None:
        found: set[int] = set()
        for node in nodes:
            leaves = self._alternatives(node, scope)
            if leaves is None:
                return None
            found |= leaves
        return frozenset(found)

    def _leaf(self, words: Words, scope: str | None) -> int | None:
        """The one leaf that a word, or a phrase of two, comes to."""
        parts = words.parts
        first = self._leaves.atom(parts[0])
        if len(parts) == 1:
            return first if scope is None else self._leaves.in_field(scope, first)
        if len(parts) == 2 and scope is None and parts[1].offset == 1:
            return self._leaves.pair(first, self._leaves.atom(parts[1]))
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
            case syntax.NotNear():
                return self._necessary(node.left, scope)
            case syntax.Within():
                return self._necessary(node.child, scope or node.field)
            case _:
                return [clause for child in children(node) for clause in self._necessary(child, scope)]

    def _words_of(self, words: Words, scope: str | None) -> list[Clause]:
        atoms = [self._leaves.atom(part) for part in words.parts]
        if scope is not None:
            return [frozenset((self._leaves.in_field(scope, atom),)) for atom in atoms]
        neighbours = zip(words.parts, words.parts[1:], atoms, atoms[1:], strict=False)
        pairs = [
            self._leaves.pair(left, right)
            for one, other, left, right in neighbours
            if other.offset - one.offset == 1
        ]
        return [frozenset((leaf,)) for leaf in pairs or atoms]

    def _any_of(self, nodes: Iterable[Node], scope: str | None) -> list[Clause]:
        """One clause for several branches: the rarest clause of each."""
        joined: set[int] = set()
        for node in nodes:
            clauses = self._necessary(node, scope)
            if not clauses:
                return []
            joined |= min(clauses, key=self._leaves.share)
        return [frozenset(joined)]
