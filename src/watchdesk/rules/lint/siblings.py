"""Which of many sibling parts may cover each other: found by words that they must share, not pair by pair.

Cheap, and misses none. `covers` decides whether one really covers the other.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import assert_never

from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import Fact, How, Node, Part, Words, walk, wanted
from watchdesk.rules.lint.facts import is_plain
from watchdesk.rules.lint.wildcards import beginning
from watchdesk.rules.text.folding import keys, plain, stem

Mark = tuple[str, ...]
"""A kind of question, and what it asks for."""

_NOT: Mark = ("not",)
_FACT: Mark = ("fact",)
_SAMPLE_LANGUAGE = "en"
"""Who covers in every language of a comparison covers in this one, which is always among them."""


class Siblings:
    """Sibling parts of a query, by number."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._offered = [tuple(dict.fromkeys(_marks(node))) for node in nodes]
        self._common = Counter(mark for marks in self._offered for mark in marks)
        self._asked = [tuple(dict.fromkeys(self._needed(node))) for node in nodes]

    def covering(self, number: int) -> Iterator[int]:
        """Candidates that may cover this sibling, by number; one may come more than once."""
        return self._met(number, self._offered, self._by_asked)

    def covered(self, number: int) -> Iterator[int]:
        """Candidates that this sibling may cover, by number; one may come more than once."""
        return self._met(number, self._asked, self._by_offered)

    @cached_property
    def _by_asked(self) -> Mapping[Mark, Sequence[int]]:
        return _by_mark(self._asked)

    @cached_property
    def _by_offered(self) -> Mapping[Mark, Sequence[int]]:
        return _by_mark(self._offered)

    def _met(
        self, number: int, own: Sequence[Sequence[Mark]], by_mark: Mapping[Mark, Sequence[int]]
    ) -> Iterator[int]:
        return (other for mark in own[number] for other in by_mark.get(mark, ()) if other != number)

    def _needed(self, node: Node) -> Sequence[Mark]:
        """Marks of which what the node covers has one at least; rare ones where there is a choice."""
        match node:
            case Words():
                return min((_asked(part) for part in node.parts), key=self._frequency)
            case syntax.And() | syntax.TextOperator():
                return min((self._needed(child) for child in wanted(node)), key=self._frequency)
            case syntax.Or() | syntax.Listed():
                each = node.children if isinstance(node, syntax.Or) else node.entries
                return [mark for one in each for mark in self._needed(one)]
            case syntax.Pattern():
                return [("pattern", node.expression)]
            case syntax.Not():
                return [_NOT, _FACT]
            case Fact():
                exact = node.field in syntax.COMPARED_WHOLE and is_plain(node)
                return [(*_FACT, node.field, plain(node.value)) if exact else (*_FACT, node.field)]
            case _:
                assert_never(node)

    def _frequency(self, marks: Sequence[Mark]) -> int:
        return sum(self._common[mark] for mark in marks)


def _by_mark(marks: Sequence[Sequence[Mark]]) -> Mapping[Mark, Sequence[int]]:
    found: defaultdict[Mark, list[int]] = defaultdict(list)
    for number, own in enumerate(marks):
        for mark in own:
            found[mark].append(number)
    return found


def _marks(node: Node) -> Iterator[Mark]:
    """Everything of a node by which another may cover it."""
    for part, _ in walk(node):
        match part:
            case Words():
                for word in part.parts:
                    yield from _offered(word)
            case syntax.Listed():
                for entry in part.entries:
                    yield from _marks(entry)
            case syntax.Pattern():
                yield "pattern", part.expression
            case Fact():
                yield from (_FACT, (*_FACT, part.field), (*_FACT, part.field, plain(part.value)))
            case syntax.Not():
                yield _NOT
            case syntax.And() | syntax.Or() | syntax.TextOperator():
                pass
            case _:
                assert_never(part)


def _asked(part: Part) -> list[Mark]:
    """Of which a word has one at least that this part of a term covers."""
    match part.how:
        case How.FOLDED:
            return [("folded", key) for key in keys(part.text, _SAMPLE_LANGUAGE)]
        case How.STEM:
            return [("stem", stem(part.text, _SAMPLE_LANGUAGE))]
        case How.WILDCARD:
            return [("begins", beginning(part.text))]
        case How.EXACT:
            return [("exact", part.text)]
        case _:
            assert_never(part.how)


def _offered(part: Part) -> Iterator[Mark]:
    """By which other parts of a term may cover this one."""
    word = beginning(part.text) if part.how is How.WILDCARD else plain(part.text)
    yield from (("begins", word[:length]) for length in range(len(word) + 1))
    if part.how is How.WILDCARD:
        return
    yield "stem", stem(part.text, _SAMPLE_LANGUAGE)
    if part.how is How.EXACT:
        yield "exact", part.text
    if part.how is not How.STEM:
        yield from (("folded", key) for key in keys(part.text, _SAMPLE_LANGUAGE))
