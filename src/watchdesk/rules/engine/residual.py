"""Residual predicates: what queries ask beyond true predicates. An article answers each distinct one once.

Most ask `evaluate` of a view's positions; NEAR of plain words and phrases has a faster way of its own here.
"""

from bisect import bisect_left, bisect_right
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
    """Words in order. `predicate` is true wherever the phrase is found."""

    predicate: int
    words: tuple[tuple[int, int], ...]
    """The lexeme of each word, and its offset from the first."""


class Operand(NamedTuple):
    """What one side of a NEAR may be."""

    lexemes: tuple[int, ...]
    phrases: tuple[Phrase, ...]


class ResidualPredicates:
    """Numbers the residual predicates. Nodes that mean the same have the same number."""

    def __init__(self, predicates: Predicates) -> None:
        self.by_number: dict[int, ResidualPredicate] = {}
        self._predicates = predicates
        self._numbers: dict[object, int] = {}

    def number(self, node: Node, scope: syntax.TextField | None) -> int:
        """The number of a node's residual predicate; `scope`: only within this field."""
        key = self._key(node, scope)
        known = self._numbers.get(key)
        if known is None:
            known = self._numbers[key] = self._predicates.number()
            self.by_number[known] = _remembered(known, self._residual(node, scope), node)
        return known

    def _key(self, node: Node, scope: syntax.TextField | None) -> object:
        if scope is None and isinstance(node, syntax.Near):
            left, right = self._operand(node.left), self._operand(node.right)
            if left and right:
                return node.distance, node.ordered, left, right
        return meaning(node), scope

    def _residual(  # noqa: PLR0911  one answer a kind of node
        self, node: Node, scope: syntax.TextField | None
    ) -> ResidualPredicate:
        match node:
            case syntax.Not():
                return _negated(self._residual(node.child, scope))
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
            case Words():
                return self._words(node, scope)
            case syntax.Listed() if scope is None:
                return _any([self._words(entry, None) for entry in node.entries])
            case syntax.Near() if scope is None:
                return self._near(node)
            case syntax.Listed() | syntax.TextOperator():
                return self._evaluated(node, scope)
            case _:
                assert_never(node)

    def _evaluated(self, node: Node, scope: syntax.TextField | None) -> ResidualPredicate:
        """Asks `evaluate`."""
        whole = syntax.Within(scope, node, node.at) if scope else node
        for part, _ in walk(node):
            for words in part.entries if isinstance(part, syntax.Listed) else (part,):
                if isinstance(words, Words):
                    self._phrase(words)  # so that views have the positions of its words

        def residual(view: View) -> bool:
            reading = PositionReading(view, self._predicates)
            answer = holds(whole, reading)
            view.cut_short |= reading.work.cut_short
            return answer

        return residual

    def _pattern(self, node: syntax.Pattern, scope: syntax.TextField | None) -> ResidualPredicate:
        literal = required_literal(node.expression)
        evaluated = self._evaluated(node, scope)

        def residual(view: View) -> bool:
            return (literal is None or literal in view.folded) and evaluated(view)

        return residual

    def _words(self, node: Words, scope: syntax.TextField | None) -> ResidualPredicate:
        if scope is not None:
            if len(node.parts) == 1:
                return _true(self._predicates.in_field(scope, self._predicates.lexeme(node.parts[0])))
            return self._evaluated(node, scope)
        phrase = self._phrase(node)
        if len(phrase.words) == 1 or (len(phrase.words) == 2 and phrase.words[1][1] == 1):
            return _true(phrase.predicate)
        return lambda view: bool(phrase_starts(phrase, view))

    def _near(self, node: syntax.Near) -> ResidualPredicate:
        left, right = self._operand(node.left), self._operand(node.right)
        if left and right:
            return near(left, right, node.distance, ordered=node.ordered)
        return self._evaluated(node, None)

    def _operand(self, node: Node) -> Operand | None:
        """A side of a NEAR as words and phrases; None when it is made of anything else."""
        terms = operand_words(node)
        if terms is None:
            return None
        phrases = [self._phrase(words) for words in terms]
        lexemes = {phrase.predicate for phrase in phrases if len(phrase.words) == 1}
        return Operand(tuple(sorted(lexemes)), tuple([phrase for phrase in phrases if len(phrase.words) > 1]))

    def _phrase(self, words: Words) -> Phrase:
        parts = tuple([(self._predicates.lexeme(part), part.offset) for part in words.parts])
        self._predicates.need_positions(lexeme for lexeme, _ in parts)
        (first, _), *rest = parts
        if rest and rest[0][1] == 1:
            return Phrase(self._predicates.bigram(first, rest[0][0]), parts)
        return Phrase(first, parts)


def operand_words(node: Node) -> Sequence[Words] | None:
    """The words and phrases that may be one side of a NEAR; None when it is made of anything else."""
    found = list(_words_or_none(node))
    words = [term for term in found if term is not None]
    return words if len(words) == len(found) else None


def _words_or_none(node: Node) -> Iterator[Words | None]:
    match node:
        case Words():
            yield node
        case syntax.Listed():
            yield from node.entries
        case syntax.Or():
            for child in node.children:
                yield from _words_or_none(child)
        case syntax.Weighted():
            yield from _words_or_none(node.child)
        case syntax.Pattern() | syntax.Fact() | syntax.BooleanOperator() | syntax.TextOperator():
            yield None
        case _:
            assert_never(node)


def near(left: Operand, right: Operand, distance: int, *, ordered: bool) -> ResidualPredicate:
    """Asks whether something of `left` is at most `distance` words from something of `right`."""

    def residual(view: View) -> bool:
        others = _found(right, view)
        for starts, ends, more in _found(left, view):
            for other_starts, other_ends, other_more in others:
                if _reaches(ends, other_starts, distance):
                    return True
                if ordered:
                    continue
                if _reaches(other_ends, starts, distance):
                    return True
                if more > other_more and _holds(starts, other_starts, more - other_more):
                    return True
                if more < other_more and _holds(other_starts, starts, other_more - more):
                    return True
        return False

    return residual


def phrase_starts(phrase: Phrase, view: View) -> Sequence[int]:
    """The positions where the phrase begins, in rising order."""
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


_Places = tuple[Sequence[int], Sequence[int], int]
"""Where a word or phrase is found: its starts, in rising order, its ends, and its words after the first."""


def _found(operand: Operand, view: View) -> list[_Places]:
    """The places of each word and phrase of an operand that the article has."""
    where = view.positions.where
    found: list[_Places] = [
        (where[lexeme], where[lexeme], 0) for lexeme in operand.lexemes if lexeme in where
    ]
    for phrase in operand.phrases:
        if phrase.predicate in view.true:
            starts = phrase_starts(phrase, view)
            length = phrase.words[-1][1]
            found.append((starts, [start + length for start in starts], length))
    return found


def _reaches(ends: Sequence[int], starts: Sequence[int], distance: int) -> bool:
    """Whether one of `starts`, which rise, is at most `distance` words after one of `ends`."""
    count = len(starts)
    for end in ends:
        following = bisect_right(starts, end)
        if following < count and starts[following] - end <= distance:
            return True
    return False


def _holds(longer: Sequence[int], shorter: Sequence[int], room: int) -> bool:
    """Whether one of `shorter`, which rise, starts at most `room` words after one of `longer`."""
    count = len(shorter)
    for start in longer:
        following = bisect_left(shorter, start)
        if following < count and shorter[following] <= start + room:
            return True
    return False


def _remembered(number: int, residual: ResidualPredicate, node: Node) -> ResidualPredicate:
    """Remembers the answer for an article, except for NEAR and NOT, which ask as fast as they look up."""
    if isinstance(node, syntax.Near | syntax.Not):
        return residual
    return lambda view: view.answer(number, residual)


def _true(predicate: int) -> ResidualPredicate:
    return lambda view: predicate in view.true


def _negated(residual: ResidualPredicate) -> ResidualPredicate:
    return lambda view: not residual(view)


def _all(residuals: Sequence[ResidualPredicate]) -> ResidualPredicate:
    return lambda view: all(residual(view) for residual in residuals)


def _any(residuals: Sequence[ResidualPredicate]) -> ResidualPredicate:
    return lambda view: any(residual(view) for residual in residuals)
