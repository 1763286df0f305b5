r"""What a regular expression is made of, as RE2 reads it: the parts at its top level, one after the other.

The literal of the engine and the terms of the archive's index stand on it, and may rule out no text that RE2
finds. Groups and classes are one part each.
"""

import re
from dataclasses import dataclass

from watchdesk.rules.text.folding import plain

_NUMBER = "(?:0|[1-9][0-9]*)"
_TOKEN = re.compile(
    rf"""
    \\Q (?P<quoted> .*? ) (?: \\E | \Z )
    | (?P<quantifier> [*+?] | \{{ {_NUMBER} (?: , {_NUMBER}? )? \}} ) \??
    | (?P<flags> \(\? [imsU-]* \) )
    | (?P<class> \[ \^? \]? (?: \[ : \^? \w+ : \] | \\. | [^\]\\] )* \] )
    | (?P<escape> \\ (?: [pPx]\{{ [^}}]* \}} | [pP]. | x.. | [0-7]{{1,3}} | . ) )
    | (?P<sign> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_QUOTED_OR_SIGN = re.compile(r"\\Q.*?(?:\\E|\Z)|\\?.", re.DOTALL)
_SYNTAX = re.compile(r"[!-/:-@[-^`{-~]")
"""Signs that may mean more than themselves; RE2 takes a backslash before each."""
_MAY_BE_ABSENT = ("*", "?", "{0")


@dataclass(slots=True)
class ExpressionPart:
    """A part of an expression, with all quantifiers that apply to it."""

    written: str
    """As it is written; of a literal the sign that is to be in the folded text."""
    is_literal: bool
    is_required: bool = True
    is_repeated: bool = False


def alternatives(expression: str) -> list[list[ExpressionPart]]:
    r"""The parts of each alternative at the top level of an expression that RE2 takes.

    A quantifier applies to the part before it, also where only flags, such as `(?i)`, or an empty `\Q\E` are
    in between: to RE2 these are no parts.
    """
    found: list[list[ExpressionPart]] = [[]]
    depth = 0
    for token in _TOKEN.finditer(folded_expression(expression)):
        kind, written, parts = token.lastgroup, token.group(), found[-1]
        if kind == "sign" and written == ")":
            depth -= 1
        elif kind == "sign" and written == "(":
            if not depth:
                parts.append(ExpressionPart("(", is_literal=False))
            depth += 1
        elif depth or kind == "flags":
            continue
        elif kind == "sign" and written == "|":
            found.append([])
        elif kind == "quantifier":
            parts[-1].is_repeated = True
            parts[-1].is_required &= not written.startswith(_MAY_BE_ABSENT)
        else:
            parts += _parts(kind, token)
    return found


def _parts(kind: str | None, token: re.Match[str]) -> list[ExpressionPart]:
    written = token.group()
    if kind == "quoted":
        return [_literal(sign) for sign in token["quoted"]]
    if kind == "escape" and not (written[1].isalnum() or written[1] == "_"):
        return [_literal(written[1])]
    if kind == "sign" and written not in ".^$":
        return [_literal(written)]
    return [ExpressionPart(written, is_literal=False)]


def _literal(sign: str) -> ExpressionPart:
    return ExpressionPart(sign.lower() if sign.isascii() else sign, is_literal=True)


def folded_expression(expression: str) -> str:
    """The expression with all but ASCII folded as the text is; escapes keep their case.

    A sign such as `（` or `…` means itself, although what it is folded to may mean more.
    """
    return _QUOTED_OR_SIGN.sub(lambda found: _folded(found.group()), encodable(expression))


def _folded(part: str) -> str:
    if part.isascii():
        return part
    if part.startswith("\\Q"):
        return "".join(sign if sign.isascii() else plain(sign) for sign in part)
    letters = plain(part[-1])
    escaped = _SYNTAX.sub(r"\\\g<0>", letters)
    return escaped if escaped != letters else part[:-1] + letters


def encodable(text: str) -> str:
    """The text with lone surrogates, which UTF-8 cannot hold, as question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")
