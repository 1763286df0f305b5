"""Lays plain text out in terminal columns: wide letters count two, combining marks none."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

WIDTH = 72
_NEVER_FIRST = "、。，．！？；：）」』】》〉…"
_BLOCKS = "▁▂▃▄▅▆▇█"


def columns(text: str) -> int:
    """How many columns the text takes (UAX #11)."""
    if text.isascii():
        return len(text)
    return sum(_of(char) for char in text)


def wrapped(text: str, indent: str = "", first: str | None = None) -> list[str]:
    """Lines of at most `WIDTH` columns, broken between words and between wide letters.

    A word that is wider than a line is broken; `first` begins the first line instead of `indent`.
    """
    lines: list[str] = []
    line, used = indent if first is None else first, 0
    for atom, spaced in _atoms(text):
        gap = " " if spaced and used else ""
        if used and columns(line) + len(gap) + columns(atom) > WIDTH:
            lines.append(line)
            line, used, gap = indent, 0, ""
        for piece in _pieces(atom, WIDTH - columns(line) - len(gap)):
            if used and piece is not atom and columns(line) + columns(piece) > WIDTH:
                lines.append(line)
                line, gap = indent, ""
            line += gap + piece
            used += 1
            gap = ""
    return [*lines, line] if used else lines


def spread(left: str, right: str) -> list[str]:
    """Puts both at the ends of one line if they fit, else one below the other."""
    free = WIDTH - columns(left) - columns(right)
    if free >= 2:
        return [left + " " * free + right]
    return [*wrapped(left), *wrapped(right)]


def blocks(heights: tuple[int, ...]) -> str:
    """A bar for each height of 0 to 8 eighths; nothing at all is a bar of one eighth, too."""
    return "".join(_BLOCKS[max(0, min(8, height) - 1)] for height in heights)


@lru_cache(maxsize=4096)
def _of(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _atoms(text: str) -> Iterator[tuple[str, bool]]:
    """What stays together, and whether a space comes before it."""
    for word in text.split():
        spaced = True
        for atom in _within(word):
            yield atom, spaced
            spaced = False


def _within(word: str) -> Iterator[str]:
    """A word as it is; wide letters each alone, with the marks and closing signs after them."""
    if word.isascii() or not any(unicodedata.east_asian_width(char) in "WF" for char in word):
        yield word
        return
    atom = ""
    for char in word:
        wide = unicodedata.east_asian_width(char) in "WF"
        joined = _of(char) == 0 or char in _NEVER_FIRST or atom.endswith("*") or char == "*"
        both_narrow = bool(atom) and not wide and unicodedata.east_asian_width(atom[-1]) not in "WF"
        if atom and not joined and not both_narrow:
            yield atom
            atom = ""
        atom += char
    yield atom


def _pieces(atom: str, room: int) -> Iterator[str]:
    """The atom whole where it fits a line, else in parts; an address is never broken."""
    if columns(atom) <= room or re.match(r"https?://", atom):
        yield atom
        return
    piece = ""
    for char in atom:
        if piece and columns(piece) + _of(char) > max(room, 1):
            yield piece
            piece, room = "", WIDTH - 4
        piece += char
    yield piece
