"""What is wrong with a whole query: NEAR over a NOT, a query of NOTs alone, too deep a tree."""

from collections.abc import Sequence
from typing import assert_never

from watchdesk.rules.language.mistakes import Mistake, MistakeKind
from watchdesk.rules.language.syntax import (
    And,
    Fact,
    Listed,
    MeasuringOperator,
    Node,
    Not,
    Or,
    Pattern,
    StretchOperator,
    Weighted,
    Words,
    children,
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
    if any(isinstance(node, Fact) and node.field == "tag" for node in operators):
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
    """Mistakes of nodes that stand nowhere in the text, although the operator measures to them."""
    match node:
        case Words() | Pattern() | Listed() | MeasuringOperator():
            return []
        case Or() | StretchOperator() | Weighted():
            return [mistake for child in children(node) for mistake in _placeless(child, operator)]
        case Not():
            problem = f"{operator} cannot measure to a NOT, which is nowhere"
            hint = "for a word that must not be close write a NOT NEAR/5 b; else put AND NOT outside"
        case And():
            problem = f"{operator} joins words and groups of OR, not AND"
            hint = "join the words with OR, or chain: a NEAR/5 b NEAR/5 c"
        case Fact():
            problem = f"{operator} needs words of the text, not data of the article"
            hint = f"put it outside: (…) AND {node.written}"
        case _:
            assert_never(node)
    return [Mistake(node.at[0], problem, hint)]


def _outside_tags(root: Node) -> list[Mistake]:
    return [
        Mistake(
            node.at[0],
            "there is no field 'tag:'",
            f"write source:tag:{node.value}",
            kind=MistakeKind.MISSPELT,
        )
        for node, _ in walk(root)
        if isinstance(node, Fact) and node.field == "tag" and not node.written.startswith("source:")
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
        return not isinstance(node, Not)
    every = all if isinstance(node, Or) else any
    return every(_says_something(child) for child in below)
