"""The literal that a regular expression requires: a text without it need not be searched."""

import re

from watchdesk.rules.text.folding import plain

_SHORTEST = 3
_OPTIONAL = "*?{"
_QUANTIFIED = "*?{+"
_OPENING = "([{"
_CLASS = re.compile(r"\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]")
_COUNT = re.compile(r"\{[^}]*\}")
_UNSURE = re.compile(r"\\[^bBdDsSwWAz\W]")
"""Escapes of more than one letter, and quoting."""


def required_literal(expression: str) -> str | None:
    """The longest run of letters that every match has, folded; None when no run of three or more is certain.

    Considers the top level alone. Groups, classes and escapes end a run. An alternative at the top level, or
    an escape that may mean anything, leaves nothing certain.
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
    """The place after the bracket that closes the one at `at`; beyond the end when none does."""
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
