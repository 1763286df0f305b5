"""What is wrong with a whole query: NEAR over a NOT, a query of NOTs alone, too deep a tree."""

from collections.abc import Sequence

from watchdesk.rules.language import syntax
from watchdesk.rules.language.mistakes import Mistake
from watchdesk.rules.language.syntax import Node, children, walk

DEEPEST_TREE = 100


def tree_mistakes(root: Node, operators: Sequence[Node], *, has_not: bool, is_long: bool) -> list[Mistake]:
    """Every mistake that can be told from the tree.

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
    match node:
        case syntax.Near() | syntax.NotNear():
            name = "NOT NEAR" if isinstance(node, syntax.NotNear) else "ONEAR" if node.ordered else "NEAR"
        case syntax.Same():
            name = f"SAME/{node.unit}"
        case syntax.AtLeast():
            name = "ATLEAST"
        case _:
            return []
    return [mistake for child in children(node) for mistake in _placeless(child, name)]


def _placeless(node: Node, operator: str) -> list[Mistake]:
    match node:
        case syntax.Not():
            hint = "for a word that must not be close write a NOT NEAR/5 b; else put AND NOT outside"
            return [Mistake(node.at[0], f"{operator} cannot measure to a NOT, which is nowhere", hint)]
        case syntax.And():
            hint = "join the words with OR, or chain: a NEAR/5 b NEAR/5 c"
            return [Mistake(node.at[0], f"{operator} joins words and groups of OR, not AND", hint)]
        case syntax.Fact():
            hint = f"put it outside: (…) AND {node.written}"
            return [Mistake(node.at[0], f"{operator} needs words of the text, not data of the article", hint)]
        case syntax.Or() | syntax.Within() | syntax.First() | syntax.Weighted():
            return [mistake for child in children(node) for mistake in _placeless(child, operator)]
        case _:
            return []


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
    match node:
        case syntax.Not():
            return False
        case syntax.And():
            return any(_says_something(child) for child in node.children)
        case syntax.Or():
            return all(_says_something(child) for child in node.children)
        case syntax.Within() | syntax.First() | syntax.Weighted():
            return _says_something(node.child)
        case _:
            return True
