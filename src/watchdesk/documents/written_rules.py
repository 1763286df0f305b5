"""A rule as its file has it."""

import re
from dataclasses import dataclass
from pathlib import Path

from watchdesk.rules import Rule

_LARGEST = 1_000_000
"""Bytes of a file that is looked at."""


@dataclass(frozen=True, slots=True)
class Written:
    """A rule's part of a file."""

    file: str
    line: int
    text: str
    is_current: bool
    """Whether the file has the rule as it is in force; if not, `text` is its query as it is in force."""


def written(rule: Rule, directory: Path) -> Written:
    """The rule's key with all that belongs to it, comments too."""
    place = rule.place
    try:
        with (directory / place.file).open("rb") as file:
            lines = file.read(_LARGEST).decode("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    for number, line in enumerate(lines):
        if re.match(rf"\s*(['\"]?){re.escape(rule.id)}\1\s*:(?:\s|$)", line):
            found = _block(lines, number)
            if _bare(rule.query.text) in _bare(found):
                return Written(place.file, number + 1, found, is_current=True)
    return Written(place.file, place.line, rule.query.text.strip(), is_current=False)


def _block(lines: list[str], begun: int) -> str:
    """The line and those below it that are further in."""
    depth = _depth(lines[begun])
    end = begun + 1
    for number in range(begun + 1, len(lines)):
        if lines[number].strip() and _depth(lines[number]) <= depth:
            break
        end = number + 1 if lines[number].strip() else end
    return "\n".join(
        line[depth:] if line[:depth].isspace() or not depth else line for line in lines[begun:end]
    )


def _bare(text: str) -> str:
    """Without what YAML writes in one way or another: spaces, quotes, backslashes."""
    return re.sub(r"[\s'\"\\]+", "", text)


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
