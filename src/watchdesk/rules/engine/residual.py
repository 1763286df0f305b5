"""Tests: the questions of queries that leaves alone cannot answer, each distinct one asked once."""

from collections.abc import Iterator

from watchdesk.rules.engine.position_reading import GlancePositions
from watchdesk.rules.engine.predicates import Leaves
from watchdesk.rules.engine.proximity import Phrase, Stretches, near, phrase_starts
from watchdesk.rules.engine.required_literal import required_literal
from watchdesk.rules.engine.view import Glance, Test
from watchdesk.rules.language import syntax
from watchdesk.rules.language.canonical import meaning
from watchdesk.rules.language.syntax import Node, Words, walk
from watchdesk.rules.matching.evaluate import holds
from watchdesk.rules.matching.facts import fact_hits


class Questions:
    """Numbers for tests. Nodes that ask the same have the same number."""

    def __init__(self, leaves: Leaves) -> None:
        self.tests: dict[int, Test] = {}
        self._leaves = leaves
        self._numbers: dict[object, int] = {}

    def number(self, node: Node, scope: str | None) -> int:
        """The test of a node, kept to a field where `scope` names one."""
        key = self._key(node, scope)
        known = self._numbers.get(key)
        if known is None:
            known = self._numbers[key] = self._leaves.number()
            self.tests[known] = _asked_once(known, self._test(node, scope), node)
        return known

    def _key(self, node: Node, scope: str | None) -> object:
        if scope is None and isinstance(node, syntax.Near):
            left, right = self._stretches(node.left), self._stretches(node.right)
            if left and right:
                return node.distance, node.ordered, left, right
        return meaning(node), scope

    def _test(self, node: Node, scope: str | None) -> Test:  # noqa: PLR0911  one test a kind of node
        match node:
            case syntax.Not():
                return _denied(self._test(node.child, scope))
            case syntax.And():
                return _all([self._test(child, scope) for child in node.children])
            case syntax.Or():
                return _any([self._test(child, scope) for child in node.children])
            case syntax.Weighted():
                return self._test(node.child, scope)
            case syntax.Within() if scope is None:
                return self._test(node.child, node.field)
            case syntax.Fact():
                return lambda glance: bool(fact_hits(node, glance.article))
            case syntax.Pattern():
                return self._pattern(node, scope)
        simple = self._simple(node) if scope is None else self._in_field(node, scope)
        if simple:
            return simple
        return self._evaluated(syntax.Within(scope, node, node.at) if scope else node)

    def _evaluated(self, node: Node) -> Test:
        for part, _ in walk(node):
            for words in part.entries if isinstance(part, syntax.Listed) else (part,):
                if isinstance(words, Words):
                    self._phrase(words)  # its words are asked of every article from now on

        def test(glance: Glance) -> bool:
            positions = GlancePositions(glance, self._leaves)
            answer = holds(node, positions)
            glance.cut_short |= positions.work.cut_short
            return answer

        return test

    def _pattern(self, node: syntax.Pattern, scope: str | None) -> Test:
        literal = required_literal(node.expression)
        asked = self._evaluated(syntax.Within(scope, node, node.at) if scope else node)

        def test(glance: Glance) -> bool:
            return (literal is None or literal in glance.folded) and asked(glance)

        return test

    def _simple(self, node: Node) -> Test | None:
        """The test by positions alone; None where the whole reading is needed."""
        match node:
            case Words():
                phrase = self._phrase(node)
                if len(phrase.words) == 1 or (len(phrase.words) == 2 and phrase.words[1][1] == 1):
                    return _true(phrase.leaf)
                return lambda glance: bool(phrase_starts(phrase, glance))
            case syntax.Listed():
                return _any([test for entry in node.entries if (test := self._simple(entry))])
            case syntax.Near():
                left, right = self._stretches(node.left), self._stretches(node.right)
                if left and right:
                    return near(left, right, node.distance, ordered=node.ordered)
        return None

    def _in_field(self, node: Node, field: str) -> Test | None:
        if isinstance(node, Words) and len(node.parts) == 1:
            return _true(self._leaves.in_field(field, self._leaves.atom(node.parts[0])))
        return None

    def _stretches(self, node: Node) -> Stretches | None:
        """A side of a NEAR as words and phrases; None when it is made of anything else."""
        found = list(_words(node))
        if None in found:
            return None
        terms = [self._phrase(words) for words in found if words is not None]
        atoms = {term.leaf for term in terms if len(term.words) == 1}
        return Stretches(tuple(sorted(atoms)), tuple(term for term in terms if len(term.words) > 1))

    def _phrase(self, words: Words) -> Phrase:
        parts = tuple([(self._leaves.atom(part), part.offset) for part in words.parts])
        self._leaves.ask_where(atom for atom, _ in parts)
        (first, _), *rest = parts
        if rest and rest[0][1] == 1:
            return Phrase(self._leaves.pair(first, rest[0][0]), parts)
        return Phrase(first, parts)


def _words(node: Node) -> Iterator[Words | None]:
    match node:
        case Words():
            yield node
        case syntax.Listed():
            yield from node.entries
        case syntax.Or():
            for child in node.children:
                yield from _words(child)
        case syntax.Weighted():
            yield from _words(node.child)
        case _:
            yield None


def _asked_once(number: int, test: Test, node: Node) -> Test:
    """The test, remembering its answer for the article; a NEAR is worked out as fast as looked up."""
    if isinstance(node, syntax.Near | syntax.Not):
        return test
    return lambda glance: glance.ask(number, test)


def _true(leaf: int) -> Test:
    return lambda glance: leaf in glance.true


def _denied(test: Test) -> Test:
    return lambda glance: not test(glance)


def _all(tests: list[Test]) -> Test:
    return lambda glance: all(test(glance) for test in tests)


def _any(tests: list[Test]) -> Test:
    return lambda glance: any(test(glance) for test in tests)
