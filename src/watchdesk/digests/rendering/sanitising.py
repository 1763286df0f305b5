"""Sanitises text from elsewhere for display: titles, snippets, names and addresses are never trusted.

It removes control characters, cuts at words, and keeps marks. The templates escape for HTML.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from watchdesk.encoding.display import JOINERS, shortened

LONGEST_TITLE = 200
"""Characters of a title that are shown; the document for programs has all of it."""
LONGEST_NAME = 80
LONGEST_ADDRESS = 2000
"""Characters: Outlook opens no longer ones (2,083)."""

_UNFIT = {"Cc", "Cs", "Zl", "Zp", "Cn"}
_STEERING = {"Cf"}
"""Turns of direction (UAX #9), zero-width spaces, soft hyphens, tags."""
_NO_PART_OF_ADDRESSES = re.compile(r"[\x00-\x20\"<>\\^`{|}\x7f]")
_NEVER_IN_A_HOST = re.compile(r"[\x00-\x20\"<>\\^`{|}()*\x7f]")
_MOST_MARKS = 4
"""Combining marks on one letter: writing needs three or four, and a hundred would cover other lines."""

Marks = Iterable[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text, marked or not."""

    text: str
    marked: bool


def plain(text: str) -> str:
    """One line of what can be seen: no controls, no turns of direction, no invisible signs."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return _cleaned(text)[0]


def runs(text: str, marks: Marks = (), most: int | None = None) -> tuple[Run, ...]:
    """The text as `plain` shows it, at most so many characters of it, cut at its marks."""
    shown, places = _cleaned(text)
    moved = [(places[max(0, start)], places[end]) for start, end in marks if start < end <= len(text)]
    return marked(shown if most is None else shortened(shown, most), moved)


def marked(text: str, marks: Marks) -> tuple[Run, ...]:
    """The text cut at the marks; overlapping marks count once."""
    found: list[Run] = []
    position = 0
    for start, end in sorted(marks):
        begin, finish = max(start, position), min(end, len(text))
        if finish <= begin:
            continue
        found += [Run(text[position:begin], marked=False), Run(text[begin:finish], marked=True)]
        position = finish
    found.append(Run(text[position:], marked=False))
    return tuple(run for run in found if run.text)


def direction_of(text: str) -> str:
    """`rtl` where the first letter that has a direction runs from right to left (UAX #9, P2 and P3)."""
    for char in text:
        match unicodedata.bidirectional(char):
            case "R" | "AL":
                return "rtl"
            case "L":
                return "ltr"
            case _:  # rest: outside type
                continue
    return "ltr"


def safe_link(url: str | None) -> str | None:
    """An address that a reader may open by a click: absolute, of the web, and without tricks; else None.

    What no address may hold (RFC 3986 §2) is percent-encoded, so that none ends a link early.
    """
    address = (url or "").strip()
    if not address.isprintable() or "\\" in address:
        return None
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or _NEVER_IN_A_HOST.search(parts.netloc):
        return None
    begun = len(f"{parts.scheme}://{parts.netloc}")
    safe = address[:begun] + percent_encoded(address[begun:], _NO_PART_OF_ADDRESSES)
    return safe if len(safe) <= LONGEST_ADDRESS else None


def percent_encoded(text: str, unfit: re.Pattern[str]) -> str:
    """The text with what is unfit, which is ASCII, percent-encoded (RFC 3986 §2.1)."""
    return unfit.sub(lambda found: f"%{ord(found[0]):02X}", text)


def _cleaned(text: str) -> tuple[str, list[int]]:
    """The text that is shown, and for each place of the given one the place in it."""
    kept: list[str] = []
    places: list[int] = []
    marks = 0
    for number, char in enumerate(text):
        places.append(len(kept))
        kind = unicodedata.category(char)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if char.isspace() or kind in _UNFIT:
            if kept and kept[-1] != " ":
                kept.append(" ")
        elif marks <= _MOST_MARKS and (kind not in _STEERING or _joins(text, number)):
            kept.append(char)
    places.append(len(kept))
    shown = "".join(kept)
    end = len(shown.rstrip())
    return shown[:end], [min(place, end) for place in places]


def _joins(text: str, number: int) -> bool:
    """Whether a joiner stands where writing needs one: between letters of a script that joins, or emoji."""
    if text[number] not in JOINERS or not 0 < number < len(text) - 1:
        return False
    return all(ord(char) > 0x2FF and not char.isspace() for char in (text[number - 1], text[number + 1]))
