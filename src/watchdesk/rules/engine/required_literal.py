"""The letters that every text fitting a regular expression must hold, for a look before it is run."""

import re

from watchdesk.rules.text.folding import plain

_SHORTEST = 3
_OPTIONAL = "*?{"
_QUANTIFIED = "*?{+"
_OPENING = "([{"
_CLASS = re.compile(r"\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]")
_COUNT = re.compile(r"\{[^}]*\}")
_UNSURE = re.compile(r"\\[^bBdDsSwWAz\W]")
"""Escapes that take more than one letter, or that quote."""


def required_literal(expression: str) -> str | None:
    """The longest such run of letters, folded; None where none of three letters or more is sure.

    Looks at the top level alone: groups, classes and escapes end a run; a choice there, or an escape
    that may stand for anything, leaves nothing.
    """
    runs: list[str] = [""]
    at = 0
    while at < len(expression):
        sign = expression[at]
        if sign == "|" or _UNSURE.match(expression, at):
            return None
        if sign in _OPENING:
            at = _group_end(expression, at)
            runs.append("")
        elif sign == "\\" or not (sign.isalnum() or sign in " -',&%"):
            at += 2 if sign == "\\" else 1
            runs.append("")
        else:
            at += 1
            following = expression[at : at + 1]
            runs[-1] += "" if following and following in _OPTIONAL else sign
            if following and following in _QUANTIFIED:
                runs.append("")
    if at > len(expression):
        return None
    longest = max((plain(run) for run in runs), key=len)
    return longest if len(longest) >= _SHORTEST else None


def _group_end(expression: str, at: int) -> int:
    """The place after the bracket that closes the one at `at`; far beyond the end where none does."""
    if expression[at] != "(":
        found = (_CLASS if expression[at] == "[" else _COUNT).match(expression, at)
        return found.end() if found else len(expression) + 1
    depth = 0
    while at < len(expression):
        sign = expression[at]
        if sign == "[":
            at = _group_end(expression, at)
            continue
        depth += (sign == "(") - (sign == ")")
        at += 2 if sign == "\\" else 1
        if depth == 0:
            return at
    return len(expression) + 1
