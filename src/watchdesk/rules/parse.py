"""Query text → tree, telling every mistake that can be told at once.

Lark reads by `grammar.lark`; the builder here makes the nodes of `syntax` and says what to write
instead of a spelling that is refused. Rules about whole trees are left to `checks`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from watchdesk.config.places import Severity
from watchdesk.rules.builder import Builder
from watchdesk.rules.checks import tree_mistakes
from watchdesk.rules.mistakes import Mistake
from watchdesk.rules.syntax import Node, Words

DEEPEST = 100
"""Parentheses within parentheses."""

LONGEST = 200_000
"""Characters of one query."""

_QUOTES = str.maketrans("“”„«»＂", '""""""')


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tree, None when there was an error; and everything found wrong."""

    node: Node | None
    mistakes: tuple[Mistake, ...]


def parse(text: str, lists: Mapping[str, Sequence[Words]]) -> Parsed:
    """Reads a query of the rule language."""
    plain_quotes = text.translate(_QUOTES)
    early = _early_mistake(plain_quotes)
    if early:
        return Parsed(None, (early,))
    try:
        tree = _grammar().parse(plain_quotes)
    except UnexpectedInput as unexpected:
        return Parsed(None, (_syntax_mistake(unexpected, plain_quotes),))
    builder = Builder(plain_quotes, lists)
    node = builder.built(_only_child(tree))
    mistakes = sorted([*builder.mistakes, *tree_mistakes(node)], key=lambda mistake: mistake.offset)
    failed = any(mistake.severity is Severity.ERROR for mistake in mistakes)
    return Parsed(None if failed else node, tuple(mistakes))


@cache
def _grammar() -> Lark:
    return Lark.open_from_package(
        __package__, "grammar.lark", parser="lalr", lexer="basic", propagate_positions=True
    )


def _only_child(tree: Tree[Token]) -> Tree[Token]:
    child = tree.children[0]
    assert isinstance(child, Tree)
    return child


def _early_mistake(text: str) -> Mistake | None:
    """What would make reading costly or pointless."""
    if not text.strip():
        return Mistake(0, "the query is empty", "say at least one word")
    if len(text) > LONGEST:
        return Mistake(LONGEST, f"the query is longer than {LONGEST:,} characters", "move words into a list")
    depth = 0
    for offset, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth > DEEPEST:
            return Mistake(
                offset, f"parentheses are nested more than {DEEPEST} deep", "split the rule in two"
            )
    return None


def _syntax_mistake(unexpected: UnexpectedInput, text: str) -> Mistake:
    if isinstance(unexpected, UnexpectedCharacters):
        lines = text.split("\n")[: unexpected.line - 1]
        offset = sum(len(line) + 1 for line in lines) + unexpected.column - 1
        sign = text[offset]
        return Mistake(offset, f"'{sign}' means nothing here", f'to search for signs, write "{sign}…"')
    assert isinstance(unexpected, UnexpectedToken)
    if unexpected.token.type == "$END":
        return _cut_short(text)
    return _misplaced(str(unexpected.token), unexpected.token.start_pos or 0, text)


def _misplaced(found: str, offset: int, text: str) -> Mistake:
    """An operator or a parenthesis that cannot stand where it stands."""
    before = text[:offset].rstrip()
    if found == ")" and before.endswith("("):
        return Mistake(offset, "these parentheses are empty", "leave them out")
    if found == ")" and before.count("(") <= before.count(")"):
        return Mistake(offset, "this parenthesis was never opened", "take it out, or add a (")
    hint = f'a word is missing before it; to search for the word itself, write "{found}"'
    return Mistake(
        offset, f"'{found}' cannot stand here", hint if found.isalpha() else "a word is missing before it"
    )


def _cut_short(text: str) -> Mistake:
    """The text ends where something is missing: the parenthesis left open, else an operand."""
    still_open: list[int] = []
    quoted = False
    for offset, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif letter == "(" and not quoted:
            still_open.append(offset)
        elif letter == ")" and not quoted and still_open:
            still_open.pop()
    if still_open:
        return Mistake(still_open[-1], "this parenthesis is never closed", "add a ) where the group ends")
    end = max(len(text.rstrip()) - 1, 0)
    return Mistake(end, "the query ends where a word is expected", "add it, or take the last operator out")
