"""What is asked about an article's data: whether one answer settles another, or rules it out."""

import re

from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import Fact, Node
from watchdesk.rules.lint.inside import bare
from watchdesk.rules.text.folding import plain

ONE_A_PIECE = ("source", "lang")
"""Of these an article has one."""

WHOLE = (*ONE_A_PIECE, "tag")
"""Compared from the first letter to the last."""


def fact_covers(wide: Fact, narrow: Fact) -> bool:
    """Whether an article of which `narrow` is true is one of which `wide` is true."""
    if wide.field != narrow.field:
        return False
    asked, given = plain(wide.value), plain(narrow.value)
    if wide.field in WHOLE:
        return value_fits(asked, given)
    return asked == given


def value_fits(asked: str, value: str) -> bool:
    """Whether a value, in which a `*` is a letter like others, is one that is asked for; both folded."""
    return re.fullmatch(".*".join(map(re.escape, asked.split("*"))), value) is not None


def is_plain(fact: Fact) -> bool:
    """Whether it names one value."""
    return "*" not in fact.value


def never_both(one: Node, other: Node) -> bool:
    """Whether both ask for another value of what an article has one of."""
    for field in ONE_A_PIECE:
        values = _values(one, field), _values(other, field)
        if values[0] and values[1] and values[0].isdisjoint(values[1]):
            return True
    return False


def _values(node: Node, field: str) -> frozenset[str]:
    """The values that the article has one of for the node to hold; none where that is not said."""
    node = bare(node)
    if isinstance(node, Fact) and node.field == field and is_plain(node):
        return frozenset((plain(node.value),))
    if isinstance(node, syntax.Or):
        each = [_values(child, field) for child in node.children]
        return frozenset[str]().union(*each) if all(each) else frozenset()
    return frozenset()
