"""Lark's tree → the nodes of `syntax`, noting the spellings that are refused."""

import re
from dataclasses import dataclass

from lark import Token, Tree

from watchdesk.config.places import Severity
from watchdesk.rules import syntax
from watchdesk.rules.fields import read_within
from watchdesk.rules.leaves import Lists, extent, read_leaf
from watchdesk.rules.mistakes import Mistake
from watchdesk.rules.pairs import read_pair
from watchdesk.rules.syntax import At, Node

MOST_WEIGHT = 100.0


@dataclass(frozen=True, slots=True)
class _Group:
    """A node in parentheses; only while building, to tell `(a AND b) OR c` from `a AND b OR c`."""

    node: Node
    at: At


_Built = Node | _Group
_Child = Token | _Built


class Builder:
    """Builds one query's tree from its leaves up; `mistakes` fills on the way."""

    def __init__(self, text: str, lists: Lists) -> None:
        self._text = text
        self._lists = lists
        self.mistakes: list[Mistake] = []

    def built(self, tree: Tree[Token]) -> Node:
        """The query's root."""
        done: dict[int, _Built] = {}
        for subtree in tree.iter_subtrees():
            children = [done[id(child)] if isinstance(child, Tree) else child for child in subtree.children]
            at = (subtree.meta.start_pos, subtree.meta.end_pos)
            done[id(subtree)] = self._build(str(subtree.data), children, at)
        return _open(done[id(tree)])

    def _build(self, kind: str, children: list[_Child], at: At) -> _Built:  # noqa: PLR0911  one node a rule of the grammar
        match kind:
            case "any_of":
                return self._any(_nodes(children))
            case "all_of":
                nodes = _nodes(children)
                return syntax.And(tuple(map(_open, nodes)), _across(nodes))
            case "side_by_side":
                return self._side_by_side(_nodes(children))
            case "near":
                left, operator, right = children
                return self._kept(
                    read_pair(
                        _token(operator), _open(_node(left)), _open(_node(right)), _across([left, right])
                    )
                )
            case "group":
                return _Group(_open(_node(children[0])), at)
            case "weighted":
                return self._weighted(_node(children[0]), _token(children[1]))
            case "negated" | "first" | "at_least" | "within" | "minus":
                return self._prefixed(kind, _token(children[0]), _node(children[1]))
            case _:
                return self._kept(read_leaf(kind, _token(children[0]), self._lists))

    def _kept(self, result: tuple[Node, list[Mistake]]) -> Node:
        self.mistakes += result[1]
        return result[0]

    def _wrong(self, offset: int, message: str, hint: str) -> None:
        self.mistakes.append(Mistake(offset, message, hint))

    def _written(self, at: At) -> str:
        """A part of the query in short, for a hint."""
        return " ".join(re.sub(r"#[^\n]*", " ", self._text[at[0] : at[1]]).split())

    def _any(self, nodes: list[_Built]) -> Node:
        for number, node in enumerate(nodes):
            if isinstance(node, syntax.And):
                self._mixed(nodes, number, node)
                break
        return syntax.Or(tuple(map(_open, nodes)), _across(nodes))

    def _mixed(self, nodes: list[_Built], number: int, both: syntax.And) -> None:
        """Refuses AND and OR side by side, and says both ways to write what may be meant."""
        parts = [self._written(child.at) for child in both.children]
        joined = " AND ".join(parts)
        if number + 1 < len(nodes):
            other = self._written(nodes[number + 1].at)
            and_first = f"({joined}) OR {other}"
            or_first = f"{' AND '.join(parts[:-1])} AND ({parts[-1]} OR {other})"
        else:
            other = self._written(nodes[number - 1].at)
            and_first = f"{other} OR ({joined})"
            or_first = f"({other} OR {parts[0]}) AND {' AND '.join(parts[1:])}"
        self._wrong(
            both.at[0],
            "AND and OR stand side by side, and programs differ in which they read first",
            f"say which with parentheses: {_short(and_first)}, or: {_short(or_first)}",
        )

    def _side_by_side(self, nodes: list[_Built]) -> Node:
        joined = syntax.And(tuple(map(_open, nodes)), _across(nodes))
        if any(mistake.offset in {node.at[0] for node in nodes} for mistake in self._errors()):
            return joined
        first, second = nodes[0], nodes[1]
        both = [self._written(node.at) for node in nodes]
        said = " AND ".join(both)
        if all(isinstance(node, syntax.Words) for node in nodes) and not any(
            sign in word for word in both for sign in '"=('
        ):
            said = f'"{" ".join(both)}" for the phrase, or {said}'
        else:
            said = f"{said}, or {' OR '.join(both)}"
        left, right = (_short(self._written(node.at)) for node in (first, second))
        self._wrong(
            second.at[0],
            f"'{left}' and '{right}' stand side by side with no operator",
            f"write {_short(said)}",
        )
        return joined

    def _errors(self) -> list[Mistake]:
        return [mistake for mistake in self.mistakes if mistake.severity is Severity.ERROR]

    def _weighted(self, node: _Built, token: Token) -> Node:
        number = str(token)[1:]
        weight = float(number) if re.fullmatch(r"\d+(\.\d+)?|\.\d+", number) else 0.0
        if not 0 < weight <= MOST_WEIGHT:
            place = extent(token)[0]
            self._wrong(place, "a weight is a number above 0 and at most 100", "for example ^2")
        return syntax.Weighted(_open(node), weight, (node.at[0], extent(token)[1]))

    def _prefixed(self, kind: str, token: Token, operand: _Built) -> Node:
        node, at = _open(operand), (extent(token)[0], operand.at[1])
        match kind:
            case "negated":
                return syntax.Not(node, at)
            case "within":
                return self._kept(read_within(str(token)[:-1], node, at, self._written(operand.at)))
            case "minus":
                return self._minus(str(token), node, at)
        name, _, number = str(token).partition("/")
        if not number or int(number) < 1:
            self._wrong(at[0], f"{name} needs a number of 1 or more", f"for example {name}/3")
        count = int(number or 1)
        return syntax.First(count, node, at) if kind == "first" else syntax.AtLeast(count, node, at)

    def _minus(self, sign: str, node: Node, at: At) -> Node:
        operand = self._written((at[0] + 1, at[1]))
        if sign == "-":
            self._wrong(
                at[0],
                "a minus sign is not an operator",
                f"write AND NOT {operand} to leave such articles out, or {operand} alone to search for it",
            )
        else:
            self._wrong(at[0], "a plus sign is not an operator", f"write AND {operand}")
        return node


def _open(node: _Built) -> Node:
    return node.node if isinstance(node, _Group) else node


def _node(child: _Child) -> _Built:
    assert not isinstance(child, Token)
    return child


def _nodes(children: list[_Child]) -> list[_Built]:
    return [_node(child) for child in children]


def _token(child: _Child) -> Token:
    assert isinstance(child, Token)
    return child


def _across(children: list[_Built] | list[_Child]) -> At:
    return _node(children[0]).at[0], _node(children[-1]).at[1]


def _short(text: str, most: int = 160) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
