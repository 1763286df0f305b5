"""Facts about an article's data: whether one implies another, or excludes it."""

import re

from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import Fact, Node, bare
from watchdesk.rules.text.folding import plain

ONE_A_PIECE = ("source", "lang")
"""An article has one value of each of these."""


def fact_covers(wide: Fact, narrow: Fact) -> bool:
    """Whether `wide` is true of every article of which `narrow` is true."""
    if wide.field != narrow.field:
        return False
    asked, given = plain(wide.value), plain(narrow.value)
    if wide.field in syntax.COMPARED_WHOLE:
        return value_fits(asked, given)
    return asked == given


def value_fits(asked: str, value: str) -> bool:
    """Whether a value, whose `*` counts as a letter, matches; both are folded."""
    return re.fullmatch(".*".join(map(re.escape, asked.split("*"))), value) is not None


def is_plain(fact: Fact) -> bool:
    """Whether it names one value."""
    return "*" not in fact.value


def never_both(one: Node, other: Node) -> bool:
    """Whether both ask for different values where an article has only one."""
    for field in ONE_A_PIECE:
        values = _values(one, field), _values(other, field)
        if values[0] and values[1] and values[0].isdisjoint(values[1]):
            return True
    return False


def _values(node: Node, field: str) -> frozenset[str]:
    """The values of which the article must have one for the node to match; none if that is not certain."""
    node = bare(node)
    if isinstance(node, Fact) and node.field == field and is_plain(node):
        return frozenset((plain(node.value),))
    if isinstance(node, syntax.Or):
        each = [_values(child, field) for child in node.children]
        return frozenset[str]().union(*each) if all(each) else frozenset()
    return frozenset()
