"""Query text → tree, with every mistake that can be found in one go.

By recursive descent, one method a rank of precedence. `operands` reads the leaves, `refusals` knows what
spellings to refuse, and `checks` judges whole trees.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from watchdesk.config.places import Severity
from watchdesk.rules.language import refusals, syntax
from watchdesk.rules.language.checks import DEEPEST_TREE, too_deep, tree_mistakes
from watchdesk.rules.language.fields import read_within
from watchdesk.rules.language.lexer import Token, read_tokens
from watchdesk.rules.language.mistakes import Mistake, MistakeKind
from watchdesk.rules.language.operands import Lists, read_leaf
from watchdesk.rules.language.operators import read_pair
from watchdesk.rules.language.syntax import At, Node
from watchdesk.rules.language.wording import wording

DEEPEST = 100
"""Parentheses within parentheses."""

LONGEST = 200_000
"""Characters of one query."""

MOST_WEIGHT = 100.0

_PREFIXES = frozenset(("counted", "unnumbered", "within", "minus"))
_LEAVES = frozenset(("word", "phrase", "stem", "regex", "listed", "fact", "unclosed", "stray"))
_BEGIN_OPERAND = _PREFIXES | _LEAVES | {"open"}


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tree, None when there was an error; and everything found wrong."""

    node: Node | None
    mistakes: tuple[Mistake, ...]


def read_query(query: str, lists: Lists) -> Parsed:
    """Reads a query as it stands, its quotes straight."""
    early = _early_mistake(query)
    if early:
        return Parsed(None, (early,))
    parser = _Parser(query, lists)
    try:
        node = parser.read()
    except _StoppedError as stopped:
        return Parsed(None, (stopped.mistake,))
    wrong_in_tree = tree_mistakes(
        node, parser.operators, has_not=parser.has_not, is_long=parser.tokens > DEEPEST_TREE
    )
    if not (parser.mistakes or wrong_in_tree):
        return Parsed(node, ())
    mistakes = sorted([*parser.mistakes, *wrong_in_tree], key=lambda mistake: mistake.offset)
    failed = any(mistake.severity is Severity.ERROR for mistake in mistakes)
    return Parsed(None if failed else node, tuple(mistakes))


def _early_mistake(text: str) -> Mistake | None:
    """What would make reading costly or pointless."""
    if not text.strip():
        return Mistake(0, "the query is empty", "say at least one word")
    if len(text) > LONGEST:
        return Mistake(LONGEST, f"the query is longer than {LONGEST:,} characters", "move words into a list")
    if text.count("(") > DEEPEST:
        depth = 0
        for parenthesis in re.finditer(r"[()]", text):
            depth += 1 if parenthesis[0] == "(" else -1
            if depth > DEEPEST:
                what = f"parentheses are nested more than {DEEPEST} deep"
                return Mistake(parenthesis.start(), what, "split the rule in two")
    return None


class _StoppedError(Exception):
    """The rest of the query cannot be read."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.message)
        self.mistake = mistake


class _Operand(NamedTuple):
    """A node with its extent, parentheses included; `joined`: what AND joins in it, outside parentheses."""

    node: Node
    at: At
    joined: tuple[At, ...] = ()


class _Parser:
    """Reads one query; `mistakes` fills on the way."""

    def __init__(self, query: str, lists: Lists) -> None:
        self.mistakes: list[Mistake] = []
        self.operators: list[Node] = []
        """Nodes that need words with a place, and facts."""
        self.has_not = False
        self._query = query
        self._lists = lists
        found = read_tokens(query)
        self.tokens = len(found)
        self._tokens = iter(found)
        self._token = next(self._tokens)
        self._depth = 0

    def read(self) -> Node:
        """The whole query."""
        found = self._any()
        if self._token.kind != "end":
            raise self._unexpected()
        return found.node

    def _take(self) -> Token:
        token = self._token
        self._token = next(self._tokens, token)
        return token

    def _unexpected(self) -> _StoppedError:
        kind, text, start, _ = self._token
        if kind == "end":
            return _StoppedError(refusals.cut_short(self._query))
        if text == ":" and self._query[:start][-1:].isalpha():
            what, hint = (
                "a value must follow the ':' at once",
                'as in title:NATO, source:ID or author:"Jane Smith"',
            )
            return _StoppedError(Mistake(start, what, hint, kind=MistakeKind.MISSPELT))
        if kind == "unknown":
            what, hint = f"'{text}' means nothing here", f'to search for signs, write "{text}…"'
            return _StoppedError(Mistake(start, what, hint, kind=MistakeKind.MISSPELT))
        return _StoppedError(refusals.misplaced(self._query, text, start))

    def _kept(self, result: tuple[Node, list[Mistake]]) -> Node:
        if result[1]:
            self.mistakes += result[1]
        return result[0]

    def _deeper(self, read: Callable[[], _Operand]) -> _Operand:
        self._depth += 1
        if self._depth > DEEPEST_TREE * 2:
            raise _StoppedError(too_deep(self._token.start))
        found = read()
        self._depth -= 1
        return found

    def _any(self) -> _Operand:
        first = self._all()
        if self._token.kind != "or":
            return first
        operands = [first]
        while self._token.kind == "or":
            self._take()
            operands.append(self._all())
        mixed = next((number for number, operand in enumerate(operands) if operand.joined), None)
        if mixed is not None:
            places = [operand.at for operand in operands]
            self.mistakes.append(refusals.mixed(self._query, places, mixed, operands[mixed].joined))
        at = operands[0].at[0], operands[-1].at[1]
        return _Operand(syntax.Or(tuple([operand.node for operand in operands]), at), at)

    def _all(self) -> _Operand:
        first = self._negation()
        if self._token.kind != "and":
            return first
        operands = [first]
        while self._token.kind == "and":
            self._take()
            operands.append(self._negation())
        at = operands[0].at[0], operands[-1].at[1]
        node = syntax.And(tuple([operand.node for operand in operands]), at)
        return _Operand(node, at, tuple([operand.at for operand in operands]))

    def _negation(self) -> _Operand:
        if self._token.kind != "negated":
            return self._near()
        self.has_not = True
        start = self._take().start
        operand = self._deeper(self._negation)
        at = start, operand.at[1]
        return _Operand(syntax.Not(operand.node, at), at)

    def _near(self) -> _Operand:
        left = self._side()
        while self._token.kind == "near":
            operator = self._take()
            right = self._side()
            at = left.at[0], right.at[1]
            node = self._kept(read_pair(operator, left.node, right.node, at))
            self.operators.append(node)
            left = _Operand(node, at)
        return left

    def _side(self) -> _Operand:
        first = self._unary()
        if self._token.kind not in _BEGIN_OPERAND:
            return first
        operands = [first]
        while self._token.kind in _BEGIN_OPERAND:
            operands.append(self._unary())
        at = first.at[0], operands[-1].at[1]
        starts = {operand.at[0] for operand in operands}
        if not any(m.offset in starts and m.severity is Severity.ERROR for m in self.mistakes):
            both = [(operand.node, operand.at) for operand in operands]
            self.mistakes.append(refusals.side_by_side(self._query, both))
        return _Operand(syntax.And(tuple([operand.node for operand in operands]), at), at)

    def _unary(self) -> _Operand:
        kind = self._token.kind
        if kind in _PREFIXES:
            token = self._take()
            return self._prefixed(token, self._deeper(self._unary))
        if kind in _LEAVES:
            token = self._take()
            node: Node = self._kept(read_leaf(token, self._lists))
            if kind == "fact":
                self.operators.append(node)
            found = _Operand(node, (token.start, token.end))
        elif kind == "open":
            start = self._take().start
            inner = self._deeper(self._any)
            if self._token.kind != "close":
                raise self._unexpected()
            found = _Operand(inner.node, (start, self._take().end))
        else:
            raise self._unexpected()
        return self._weighted(found) if self._token.kind == "weight" else found

    def _weighted(self, operand: _Operand) -> _Operand:
        token = self._take()
        number = token.text[1:]
        weight = float(number) if re.fullmatch(r"\d+(\.\d+)?|\.\d+", number) else 0.0
        if not 0 < weight <= MOST_WEIGHT:
            what = "a weight is a number above 0 and at most 100"
            self.mistakes.append(Mistake(token.start, what, "for example ^2"))
        at = operand.at[0], token.end
        return _Operand(syntax.Weighted(operand.node, weight, at), at)

    def _prefixed(self, token: Token, operand: _Operand) -> _Operand:
        node, at = operand.node, (token.start, operand.at[1])
        match token.kind:
            case "within":
                said = wording(self._query, operand.at)
                kept = self._kept(read_within(token.text[:-1], node, at, said))
                self.operators.append(kept)
                return _Operand(kept, at)
            case "minus":
                said = wording(self._query, (token.end, at[1]))
                self.mistakes.append(refusals.signed(token.text, said, at[0]))
                return _Operand(node, at)
            case "unnumbered":
                unnumbered = syntax.UNNUMBERED[token.text](node, at)
                self.operators.append(unnumbered)
                return _Operand(unnumbered, at)
            case _:  # rest: operators with a number, by their names
                pass
        name, _, number = token.text.partition("/")
        if not number or int(number) < 1:
            what = f"{name} needs a number of 1 or more"
            self.mistakes.append(Mistake(at[0], what, f"for example {name}/3"))
        counted = syntax.COUNTED[name](int(number or 1), node, at)
        self.operators.append(counted)
        return _Operand(counted, at)
