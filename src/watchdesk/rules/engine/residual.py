"""Tests: the residuals of queries that predicates alone cannot answer, each distinct one asked once."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple, assert_never

from watchdesk.rules.engine.predicates import Predicates
from watchdesk.rules.engine.required_literal import required_literal
from watchdesk.rules.engine.view import PositionReading, ResidualPredicate, View
from watchdesk.rules.language import syntax
from watchdesk.rules.language.canonical import meaning
from watchdesk.rules.language.syntax import Node, Words, walk
from watchdesk.rules.matching.evaluate import holds
from watchdesk.rules.matching.facts import fact_hits


class Phrase(NamedTuple):
    """Words in their order; `predicate` is one that is true wherever the phrase stands."""

    predicate: int
    words: tuple[tuple[int, int], ...]
    """(lexeme, offset) of each word."""


class Operand(NamedTuple):
    """What one side of a NEAR may be."""

    lexemes: tuple[int, ...]
    phrases: tuple[Phrase, ...]


class ResidualPredicates:
    """Numbers for residuals. Nodes that ask the same have the same number."""

    def __init__(self, predicates: Predicates) -> None:
        self.by_number: dict[int, ResidualPredicate] = {}
        self._predicates = predicates
        self._numbers: dict[object, int] = {}

    def number(self, node: Node, scope: str | None) -> int:
        """The test of a node, kept to a field where `scope` names one."""
        key = self._key(node, scope)
        known = self._numbers.get(key)
        if known is None:
            known = self._numbers[key] = self._predicates.number()
            self.by_number[known] = _asked_once(known, self._residual(node, scope), node)
        return known

    def _key(self, node: Node, scope: str | None) -> object:
        if scope is None and isinstance(node, syntax.Near):
            left, right = self._operand(node.left), self._operand(node.right)
            if left and right:
                return node.distance, node.ordered, left, right
        return meaning(node), scope

    def _residual(self, node: Node, scope: str | None) -> ResidualPredicate:  # noqa: PLR0911  one test a kind of node
        match node:
            case syntax.Not():
                return _denied(self._residual(node.child, scope))
            case syntax.And():
                return _all([self._residual(child, scope) for child in node.children])
            case syntax.Or():
                return _any([self._residual(child, scope) for child in node.children])
            case syntax.Weighted():
                return self._residual(node.child, scope)
            case syntax.Within() if scope is None:
                return self._residual(node.child, node.field)
            case syntax.Fact():
                return lambda view: bool(fact_hits(node, view.article))
            case syntax.Pattern():
                return self._pattern(node, scope)
            case Words() | syntax.Listed() | syntax.TextOperator():
                simple = self._simple(node) if scope is None else self._in_field(node, scope)
                return simple or self._evaluated(syntax.Within(scope, node, node.at) if scope else node)
            case _:
                assert_never(node)

    def _evaluated(self, node: Node) -> ResidualPredicate:
        for part, _ in walk(node):
            for words in part.entries if isinstance(part, syntax.Listed) else (part,):
                if isinstance(words, Words):
                    self._phrase(words)  # its words are asked of every article from now on

        def test(view: View) -> bool:
            reading = PositionReading(view, self._predicates)
            answer = holds(node, reading)
            view.cut_short |= reading.work.cut_short
            return answer

        return test

    def _pattern(self, node: syntax.Pattern, scope: str | None) -> ResidualPredicate:
        literal = required_literal(node.expression)
        asked = self._evaluated(syntax.Within(scope, node, node.at) if scope else node)

        def test(view: View) -> bool:
            return (literal is None or literal in view.folded) and asked(view)

        return test

    def _simple(self, node: Node) -> ResidualPredicate | None:
        """The test by positions alone; None where the whole reading is needed."""
        if isinstance(node, Words):
            phrase = self._phrase(node)
            if len(phrase.words) == 1 or (len(phrase.words) == 2 and phrase.words[1][1] == 1):
                return _true(phrase.predicate)
            return lambda view: bool(phrase_starts(phrase, view))
        if isinstance(node, syntax.Listed):
            return _any([test for entry in node.entries if (test := self._simple(entry))])
        if isinstance(node, syntax.Near):
            left, right = self._operand(node.left), self._operand(node.right)
            if left and right:
                return near(left, right, node.distance, ordered=node.ordered)
        return None

    def _in_field(self, node: Node, field: str) -> ResidualPredicate | None:
        if isinstance(node, Words) and len(node.parts) == 1:
            return _true(self._predicates.in_field(field, self._predicates.lexeme(node.parts[0])))
        return None

    def _operand(self, node: Node) -> Operand | None:
        """A side of a NEAR as words and phrases; None when it is made of anything else."""
        found = list(_words(node))
        if None in found:
            return None
        terms = [self._phrase(words) for words in found if words is not None]
        lexemes = {term.predicate for term in terms if len(term.words) == 1}
        return Operand(tuple(sorted(lexemes)), tuple(term for term in terms if len(term.words) > 1))

    def _phrase(self, words: Words) -> Phrase:
        parts = tuple([(self._predicates.lexeme(part), part.offset) for part in words.parts])
        self._predicates.need_positions(lexeme for lexeme, _ in parts)
        (first, _), *rest = parts
        if rest and rest[0][1] == 1:
            return Phrase(self._predicates.bigram(first, rest[0][0]), parts)
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
        case syntax.Pattern() | syntax.Fact() | syntax.BooleanOperator() | syntax.TextOperator():
            yield None
        case _:
            assert_never(node)


def _asked_once(number: int, test: ResidualPredicate, node: Node) -> ResidualPredicate:
    """The test, remembering its answer for the article; a NEAR is worked out as fast as looked up."""
    if isinstance(node, syntax.Near | syntax.Not):
        return test
    return lambda view: view.answer(number, test)


def _true(predicate: int) -> ResidualPredicate:
    return lambda view: predicate in view.true


def _denied(test: ResidualPredicate) -> ResidualPredicate:
    return lambda view: not test(view)


def _all(residuals: list[ResidualPredicate]) -> ResidualPredicate:
    return lambda view: all(test(view) for test in residuals)


def _any(residuals: list[ResidualPredicate]) -> ResidualPredicate:
    return lambda view: any(test(view) for test in residuals)


def near(left: Operand, right: Operand, distance: int, *, ordered: bool) -> ResidualPredicate:
    """Whether something of `left` stands at most `distance` words from something of `right`."""

    def test(view: View) -> bool:
        others = _found(right, view)
        for starts, ends in _found(left, view):
            for other_starts, other_ends in others:
                if _reaches(ends, other_starts, distance):
                    return True
                if not ordered and _reaches(other_ends, starts, distance):
                    return True
        return False

    return test


def phrase_starts(phrase: Phrase, view: View) -> Sequence[int]:
    """Positions at which the words of the phrase stand in their order, rising."""
    if any(lexeme not in view.true for lexeme, _ in phrase.words):
        return ()
    (first, _), *rest = phrase.words
    starts: Sequence[int] = view.positions.where.get(first, ())
    for lexeme, offset in rest:
        if not starts:
            return ()
        here = view.positions.position_set(lexeme)
        starts = [start for start in starts if start + offset in here]
    return starts


def _found(side: Operand, view: View) -> list[tuple[Sequence[int], Sequence[int]]]:
    """Starts, rising, and ends of each word and phrase of a side that is there."""
    where = view.positions.where
    found: list[tuple[Sequence[int], Sequence[int]]] = [
        (where[lexeme], where[lexeme]) for lexeme in side.lexemes if lexeme in where
    ]
    for phrase in side.phrases:
        if phrase.predicate in view.true:
            starts = phrase_starts(phrase, view)
            length = phrase.words[-1][1]
            found.append((starts, [start + length for start in starts]))
    return found


def _reaches(ends: Sequence[int], starts: Sequence[int], distance: int) -> bool:
    """Whether something begins at most `distance` after something else ends; `starts` rise."""
    count = len(starts)
    for end in ends:
        following = bisect_right(starts, end)
        if following < count and starts[following] - end <= distance:
            return True
    return False
