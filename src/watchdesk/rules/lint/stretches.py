"""Parts of an article that a query may be limited to, and how the extent of a part changes what it finds."""

from typing import assert_never

from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import First, Last, Node, Stretch, Within, children, walk

_IN_BODY = ("lead", "heading")


def lies_within(inner: Stretch, outer: Stretch) -> bool:
    """Whether the part of `inner` is within the part of `outer`."""
    match outer:
        case Within():
            return outer.field in _fields(inner)
        case First():
            return isinstance(inner, First) and inner.count <= outer.count
        case Last():
            return isinstance(inner, Last) and inner.count <= outer.count
        case _:
            assert_never(outer)


def _fields(stretch: Stretch) -> tuple[str, ...]:
    """The fields that contain all of it."""
    match stretch:
        case Within():
            return (stretch.field, "body") if stretch.field in _IN_BODY else (stretch.field,)
        case First() | Last():
            return ("body",)
        case _:
            assert_never(stretch)


def grows(node: Node) -> bool:
    """Whether it never finds less when it may search more of an article."""
    return all(_grows(part) for part, _ in walk(node))


def _grows(part: Node) -> bool:
    match part:
        case syntax.Not() | syntax.ApartOperator():
            return False
        case syntax.Near() | syntax.Same():
            return _is_unmixed(part.left) and _is_unmixed(part.right)
        case syntax.And() | syntax.Or() | syntax.AtLeast() | syntax.About() | syntax.Weighted():
            return True
        case Within() | First() | Last():
            return True
        case syntax.Words() | syntax.Pattern() | syntax.Listed() | syntax.Fact():
            return True
        case _:
            assert_never(part)


def is_simple(node: Node) -> bool:
    """Whether it finds only words and phrases, nothing that combines several."""
    return not any(isinstance(part, syntax.PairOperator | syntax.And) for part, _ in walk(node))


def _is_unmixed(side: Node) -> bool:
    """Whether its occurrences stay what they are whatever else is found: OR joins those of one stretch."""
    if isinstance(side, syntax.Or):
        return is_simple(side)
    return all(_is_unmixed(child) for child in children(side))
