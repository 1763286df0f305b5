"""Parts of an article that a query may be kept to, and what more of the article does to what it finds."""

from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import First, Node, Within, children, walk

_IN_BODY = ("lead", "heading", "body")


def lies_within(inner: Within | First, outer: Within | First) -> bool:
    """Whether what `inner` keeps to is a part of what `outer` keeps to."""
    match inner, outer:
        case First(), First():
            return inner.count <= outer.count
        case Within(), Within():
            return inner.field == outer.field or (outer.field == "body" and inner.field in _IN_BODY)
        case First(), Within():
            return outer.field == "body"
        case _:
            return False


def grows(node: Node) -> bool:
    """Whether it finds the same or more, and never less, the more of an article it may look at."""
    return all(_grows(part) for part, _ in walk(node))


def _grows(part: Node) -> bool:
    match part:
        case syntax.Not() | syntax.NotNear():
            return False
        case syntax.Near() | syntax.Same():
            return _is_unmixed(part.left) and _is_unmixed(part.right)
        case _:
            return True


def is_simple(node: Node) -> bool:
    """Whether it finds words and phrases, and nothing that is made of several of them."""
    return not any(
        isinstance(part, syntax.Near | syntax.NotNear | syntax.Same | syntax.And) for part, _ in walk(node)
    )


def _is_unmixed(side: Node) -> bool:
    """Whether its occurrences stay what they are whatever else is found: OR joins those of one stretch."""
    if isinstance(side, syntax.Or):
        return is_simple(side)
    return all(_is_unmixed(child) for child in children(side))
