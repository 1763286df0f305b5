"""Marks of parts of a query: what one must share with another to cover it.

Cheap to compare, and they miss no cover. `covers` decides whether one part really covers the other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from typing import NamedTuple, assert_never

from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import Fact, How, Node, Part, Words, children, wanted
from watchdesk.rules.lint.remembered import ByNode
from watchdesk.rules.lint.wildcards import beginning
from watchdesk.rules.text.folding import keys, plain, stem

Mark = str
"""A kind of question, a space, and what it asks for: text, whose hash Python keeps."""

_NOT: Mark = "not"
_FACT: Mark = "fact"
_SAMPLE_LANGUAGE = "en"
"""Who covers in every language of a comparison covers in this one, which is always among them."""

_CACHED = 50_000
"""Words of queries and lists: lists are shared by many rules."""


def asked(node: Node, frequency: Callable[[Sequence[Mark]], int]) -> Sequence[Mark]:
    """Marks of which what the node covers has one at least; rare ones where there is a choice."""
    match node:
        case Words():
            first, *others = map(_asked, node.parts)
            return min((first, *others), key=frequency) if others else first
        case syntax.And() | syntax.TextOperator():
            first, *others = (asked(child, frequency) for child in wanted(node))
            return min((first, *others), key=frequency) if others else first
        case syntax.Or() | syntax.Listed():
            return [mark for one in alternatives(node) for mark in asked(one, frequency)]
        case syntax.Pattern():
            return [f"pattern {node.expression}"]
        case syntax.Not():
            return [_NOT, _FACT]
        case Fact():
            exact = node.field in syntax.COMPARED_WHOLE and "*" not in node.value
            return [_value(node) if exact else f"{_FACT} {node.field}"]
        case _:
            assert_never(node)


def alternatives(node: syntax.Or | syntax.Listed) -> tuple[Node, ...]:
    """The parts of which any will do."""
    return node.children if isinstance(node, syntax.Or) else node.entries


class Marks(NamedTuple):
    """The marks by which other parts may cover a part."""

    offered: Mapping[Mark, None]
    """All of them, in the order of the part."""
    common: Set[Mark]
    """Those that each way of finding it has: another with only one mark must have one of these."""


class Offered:
    """The marks of nodes, remembered."""

    def __init__(self) -> None:
        self._known = ByNode[Marks]()

    def of(self, node: Node) -> Marks:
        """The marks of a node and of what is below it."""
        return self._known.of(node, lambda: self._of(node))

    def _of(self, node: Node) -> Marks:
        match node:
            case Words():
                return _offered(node.parts)
            case syntax.Pattern():
                return _all_common([f"pattern {node.expression}"])
            case Fact():
                return _all_common([_FACT, f"{_FACT} {node.field}", _value(node)])
            case syntax.Not():
                return _all_common([_NOT, *self.of(node.child).offered])
            case syntax.Or() | syntax.Listed():
                each = [self.of(one) for one in alternatives(node)]
                return Marks(_joined(each), _shared(each))
            case syntax.And() | syntax.TextOperator():
                each = [self.of(child) for child in children(node)]
                return Marks(_joined(each), frozenset[Mark]().union(*(one.common for one in each)))
            case _:
                assert_never(node)


def _value(fact: Fact) -> Mark:
    return f"{_FACT} {fact.field} {plain(fact.value)}"


def _all_common(marks: Iterable[Mark]) -> Marks:
    offered = dict.fromkeys(marks)
    return Marks(offered, offered.keys())


def _shared(each: Sequence[Marks]) -> Set[Mark]:
    common = frozenset(each[0].common) if each else frozenset[Mark]()
    for one in each[1:]:
        common &= one.common
    return common


def _joined(each: Iterable[Marks]) -> Mapping[Mark, None]:
    offered: dict[Mark, None] = {}
    for one in each:
        offered.update(one.offered)
    return offered


@lru_cache(maxsize=_CACHED)
def _asked(part: Part) -> Sequence[Mark]:
    """Of which a word has one at least that this part of a term covers."""
    match part.how:
        case How.FOLDED:
            return [f"folded {key}" for key in keys(part.text, _SAMPLE_LANGUAGE)]
        case How.STEM:
            return [f"stem {stem(part.text, _SAMPLE_LANGUAGE)}"]
        case How.WILDCARD:
            return [f"begins {beginning(part.text)}"]
        case How.EXACT:
            return [f"exact {part.text}"]
        case _:
            assert_never(part.how)


@lru_cache(maxsize=_CACHED)
def _offered(parts: tuple[Part, ...]) -> Marks:
    return _all_common(mark for part in parts for mark in _of_part(part))


def _of_part(part: Part) -> Iterator[Mark]:
    """By which other parts of a term may cover this one."""
    word = beginning(part.text) if part.how is How.WILDCARD else plain(part.text)
    yield from (f"begins {word[:length]}" for length in range(len(word) + 1))
    if part.how is How.WILDCARD:
        return
    yield f"stem {stem(part.text, _SAMPLE_LANGUAGE)}"
    if part.how is How.EXACT:
        yield f"exact {part.text}"
    if part.how is not How.STEM:
        yield from (f"folded {key}" for key in keys(part.text, _SAMPLE_LANGUAGE))
