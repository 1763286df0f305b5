"""The letters that a regular expression requires, as terms that an article must have to be searched by it.

It reads the top level of an expression alone: what is in groups and classes and behind quantifiers may be
absent.
"""

import re
from collections.abc import Sequence

from watchdesk.model.conditions import Condition, Sought, Wanted, all_of, any_of
from watchdesk.rules.language.expression_parts import ExpressionPart, alternatives

_SHORTEST_BEGINNING = 2
_SHORTEST_INFIX = 3
_LETTER = re.compile(r"[a-z]")
_LETTERS_BEGIN = ("^", "\\A", "\\b")
"""Places, before a letter, where no other letter comes before it."""
_NO_LETTERS = ("\\d", "\\s", "\\W")
"""Escapes for signs that are no letters; those for what is not such a sign may be letters."""


def required_words(expression: str) -> Condition | None:
    """The terms of each article in which the expression is found; None where none is certain.

    `expression` is one that RE2 takes.
    """
    return any_of(all_of(_Branch(branch).conditions()) for branch in alternatives(expression))


class _Branch:
    """One alternative, read from left to right."""

    def __init__(self, parts: Sequence[ExpressionPart]) -> None:
        self._found: list[Sought] = []
        self._run = ""
        self._begins = False
        """Whether the run begins where letters begin in the text."""
        self._boundary = False
        """Whether letters begin in the text after what was read."""
        for part in parts:
            self._read(part)
        self._end_run()

    def conditions(self) -> list[Sought]:
        """Terms that each text has in which it is found."""
        return self._found

    def _read(self, part: ExpressionPart) -> None:
        is_letter = part.is_literal and _LETTER.fullmatch(part.written)
        if is_letter and part.is_required:
            if not self._run:
                self._begins = self._boundary
            self._run += part.written
        if not is_letter or part.is_repeated:
            self._end_run()
        self._boundary = not is_letter and part.is_required and _ends_letters(part)

    def _end_run(self) -> None:
        if self._begins and len(self._run) >= _SHORTEST_BEGINNING:
            self._found.append(Sought(Wanted.WILDCARD, f"{self._run}.*"))
        elif len(self._run) >= _SHORTEST_INFIX:
            self._found.append(Sought(Wanted.INFIX, self._run))
        self._run, self._begins = "", False


def _ends_letters(part: ExpressionPart) -> bool:
    """Whether no letter is before what comes after a part that is no letter from a to z."""
    return part.is_literal or part.written in _LETTERS_BEGIN or part.written in _NO_LETTERS
