"""The letters that a regular expression requires, as terms that an article must have to be searched by it.

It reads the top level of an expression alone: what is in groups and classes and behind quantifiers may be
absent.
"""

import re

from watchdesk.model.conditions import Condition, Sought, Wanted, all_of, any_of
from watchdesk.rules.text.folding import plain

_SHORTEST_BEGINNING = 2
_SHORTEST_INFIX = 3
_LETTER = re.compile(r"[a-z]")
_CLASS = re.compile(r"\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]")
_COUNT = re.compile(r"\{\d+(?:,\d*)?\}")
_QUANTIFIERS = "*?+{"
_UNSURE = re.compile(r"\\[^bBdDsSwWAz\W]")
"""Escapes that may mean anything."""
_QUOTE = "\\Q"
"""Signs after it mean themselves."""
_LETTERS_BEGIN = ("^", "\\A", "\\b")
"""Places, before a letter, where no other letter comes before it."""
_NO_LETTERS = ("\\d", "\\s", "\\W")
"""Escapes for signs that are no letters; those for what is not such a sign may be letters."""


class _UnsureExpressionError(Exception):
    """It has something at its top level whose meaning is not read here."""


def required_words(expression: str) -> Condition | None:
    """The terms of each article in which the expression is found; None where none is certain."""
    if _QUOTE in expression:
        return None
    try:
        return any_of(all_of(_Branch(branch).conditions()) for branch in _branches(_folded(expression)))
    except _UnsureExpressionError:
        return None


def _folded(expression: str) -> str:
    """As `rules.language.expressions` folds it; case counts for nothing there."""
    encodable = expression.encode("utf-8", "replace").decode("utf-8")
    return "".join(letter if letter.isascii() else plain(letter) for letter in encodable)


def _branches(expression: str) -> list[str]:
    """The alternatives at the top level."""
    branches, begin, at = [], 0, 0
    while at < len(expression):
        if expression[at] == "|":
            branches.append(expression[begin:at])
            begin = at + 1
        at = _after(expression, at)
    return [*branches, expression[begin:]]


def _after(expression: str, at: int) -> int:
    """The place after the element that begins at `at`, without its quantifier."""
    if _UNSURE.match(expression, at):
        raise _UnsureExpressionError
    sign = expression[at]
    if sign == "\\":
        return at + 2
    if sign in "[{":
        found = (_CLASS if sign == "[" else _COUNT).match(expression, at)
        if found is None:
            raise _UnsureExpressionError
        return found.end()
    if sign != "(":
        return at + 1
    at += 1
    while at < len(expression) and expression[at] != ")":
        at = _after(expression, at) if expression[at] != "\\" else at + 2
    if at >= len(expression):
        raise _UnsureExpressionError
    return at + 1


class _Branch:
    """One alternative, read from left to right."""

    def __init__(self, expression: str) -> None:
        self._found: list[Sought] = []
        self._run = ""
        self._begins = False
        """Whether the run begins where letters begin in the text."""
        self._boundary = False
        """Whether letters begin in the text after what was read."""
        at = 0
        while at < len(expression):
            end = _after(expression, at)
            quantifier = expression[end : end + 1]
            self._read(expression[at:end], quantifier if quantifier in _QUANTIFIERS else "")
            at = self._after_quantifiers(expression, end)
        self._end_run()

    def conditions(self) -> list[Sought]:
        """Terms that each text has in which it is found."""
        return self._found

    @staticmethod
    def _after_quantifiers(expression: str, at: int) -> int:
        while expression[at : at + 1] and expression[at] in _QUANTIFIERS:
            at = _after(expression, at)
        return at

    def _read(self, element: str, quantifier: str) -> None:
        required = quantifier in ("", "+")
        if _LETTER.fullmatch(element.lower()):
            if not required:
                self._end_run()
                self._boundary = False
                return
            if not self._run:
                self._begins = self._boundary
            self._run += element.lower()
            if quantifier:
                self._end_run()
            self._boundary = False
            return
        self._end_run()
        self._boundary = required and (element in _LETTERS_BEGIN or _is_no_letter(element))

    def _end_run(self) -> None:
        if self._begins and len(self._run) >= _SHORTEST_BEGINNING:
            self._found.append(Sought(Wanted.WILDCARD, f"{self._run}.*"))
        elif len(self._run) >= _SHORTEST_INFIX:
            self._found.append(Sought(Wanted.INFIX, self._run))
        self._run, self._begins = "", False


def _is_no_letter(element: str) -> bool:
    """Whether an element stands for a sign that is no letter from a to z."""
    if len(element) == 1:
        return element not in ".^$|" and not _LETTER.fullmatch(element.lower())
    if element[0] == "\\":
        return element in _NO_LETTERS or not element[1].isalnum()
    return False
