"""Parts of an article that a query may be kept to, and what more of the article does to what it finds."""

from typing import assert_never

from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import First, Node, Stretch, Within, children, walk

_IN_BODY = ("lead", "heading", "body")


def lies_within(inner: Stretch, outer: Stretch) -> bool:
    """Whether what `inner` keeps to is a part of what `outer` keeps to."""
    match inner:
        case First():
            match outer:
                case First():
                    return inner.count <= outer.count
                case Within():
                    return outer.field == "body"
                case _:
                    assert_never(outer)
        case Within():
            match outer:
                case First():
                    return False
                case Within():
                    return inner.field == outer.field or (outer.field == "body" and inner.field in _IN_BODY)
                case _:
                    assert_never(outer)
        case _:
            assert_never(inner)


def grows(node: Node) -> bool:
    """Whether it finds the same or more, and never less, the more of an article it may look at."""
    return all(_grows(part) for part, _ in walk(node))


def _grows(part: Node) -> bool:
    match part:
        case syntax.Not() | syntax.NotNear():
            return False
        case syntax.Near() | syntax.Same():
            return _is_unmixed(part.left) and _is_unmixed(part.right)
        case syntax.And() | syntax.Or() | syntax.AtLeast() | syntax.Weighted() | Within() | First():
            return True
        case syntax.Words() | syntax.Pattern() | syntax.Listed() | syntax.Fact():
            return True
        case _:
            assert_never(part)


def is_simple(node: Node) -> bool:
    """Whether it finds words and phrases, and nothing that is made of several of them."""
    return not any(isinstance(part, syntax.PairOperator | syntax.And) for part, _ in walk(node))


def _is_unmixed(side: Node) -> bool:
    """Whether its occurrences stay what they are whatever else is found: OR joins those of one stretch."""
    if isinstance(side, syntax.Or):
        return is_simple(side)
    return all(_is_unmixed(child) for child in children(side))
