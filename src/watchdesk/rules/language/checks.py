"""What is wrong with a whole query: NEAR over a NOT, a query of NOTs alone, too deep a tree."""

from collections.abc import Sequence
from typing import assert_never

from watchdesk.rules.language import syntax
from watchdesk.rules.language.mistakes import Mistake
from watchdesk.rules.language.syntax import (
    MeasuringOperator,
    Node,
    Place,
    children,
    place,
    sign,
    walk,
    wanted,
)

DEEPEST_TREE = 100


def tree_mistakes(root: Node, operators: Sequence[Node], *, has_not: bool, is_long: bool) -> list[Mistake]:
    """Every mistake that the tree shows.

    `operators` are its nodes that need words with a place (NEAR and the like) and its facts; `has_not`
    and `is_long` (more tokens than a tree may be deep) say which checks of the whole tree there is need for.
    """
    if is_long:
        for node, depth in walk(root):
            if depth > DEEPEST_TREE:
                return [too_deep(node.at[0])]
    mistakes = [mistake for node in operators for mistake in _operand_mistakes(node)]
    if any(isinstance(node, syntax.Fact) and node.field == "tag" for node in operators):
        mistakes += _outside_tags(root)
    return mistakes or (_negative_mistakes(root) if has_not else [])


def too_deep(offset: int) -> Mistake:
    """The mistake of a tree that is too deep to be read."""
    return Mistake(offset, f"the query is nested more than {DEEPEST_TREE} deep", "split it in two")


def _operand_mistakes(node: Node) -> list[Mistake]:
    """Operands that have no place in the text, where the operator needs one."""
    if not isinstance(node, MeasuringOperator):
        return []
    operator = sign(node).rstrip("/0123456789")
    return [mistake for child in children(node) for mistake in _placeless(child, operator)]


def _placeless(node: Node, operator: str) -> list[Mistake]:
    match place(node):
        case Place.OWN:
            return []
        case Place.BELOW:
            return [mistake for child in children(node) for mistake in _placeless(child, operator)]
        case Place.NOWHERE:
            return [_nowhere(node, operator)]
        case unknown:
            assert_never(unknown)


def _nowhere(node: Node, operator: str) -> Mistake:
    if isinstance(node, syntax.Not):
        hint = "for a word that must not be close write a NOT NEAR/5 b; else put AND NOT outside"
        return Mistake(node.at[0], f"{operator} cannot measure to a NOT, which is nowhere", hint)
    if isinstance(node, syntax.And):
        hint = "join the words with OR, or chain: a NEAR/5 b NEAR/5 c"
        return Mistake(node.at[0], f"{operator} joins words and groups of OR, not AND", hint)
    hint = f"put it outside: (…) AND {node.written}" if isinstance(node, syntax.Fact) else "put it outside"
    return Mistake(node.at[0], f"{operator} needs words of the text, not data of the article", hint)


def _outside_tags(root: Node) -> list[Mistake]:
    return [
        Mistake(node.at[0], "there is no field 'tag:'", f"write source:tag:{node.value}")
        for node, _ in walk(root)
        if isinstance(node, syntax.Fact) and node.field == "tag" and not node.written.startswith("source:")
    ]


def _negative_mistakes(root: Node) -> list[Mistake]:
    if _says_something(root):
        return []
    hint = "add what it should contain: … AND NOT …"
    return [
        Mistake(root.at[0], "this query matches nearly everything: it only says what must not be there", hint)
    ]


def _says_something(node: Node) -> bool:
    """Whether an article must hold something for the node to be true."""
    below = wanted(node)
    if not below:
        return not isinstance(node, syntax.Not)
    every = all if isinstance(node, syntax.Or) else any
    return every(_says_something(child) for child in below)
