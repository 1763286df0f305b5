"""The lines above an article's text: its title again, date, byline, buttons. They are read and removed.

For clutter after the text see `clutter`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from watchdesk.articles.bylines import is_account
from watchdesk.articles.clutter_lines import is_clutter
from watchdesk.articles.date_words import AROUND, MONTHS, UPDATES, word_key
from watchdesk.articles.lines import Line
from watchdesk.articles.plain import folded
from watchdesk.articles.written_dates import is_stamp

_NAME = r"[^\W\d_][\w.'’-]*"
_BYLINE = re.compile(rf"(?:by|von|par|por|автор:?)\s+((?:{_NAME}\s+){{0,4}}{_NAME})\s*", re.IGNORECASE)
_MOST = 8
_LONGEST_ABOVE = 120
"""Characters of a line above the title; a longer one is text."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An article's own lines, and what was above them."""

    lines: tuple[Line, ...]
    stamp: str | None = None
    byline: str | None = None
    removed: tuple[str, ...] = ()


def without_opening(lines: Sequence[Line], title: str) -> Opened:
    """Removes everything above the repeated title, then lines that are only a date, a byline or a button."""
    author = None
    title = folded(title)
    title_at = _title_place(lines, title)
    text_at = title_at + _parts_of_title(lines[title_at:_MOST], title)
    taken = text_at
    stamp = next((line.text for line in lines[:title_at] if is_stamp(line.text)), None)
    for line in lines[taken:_MOST]:
        named = _BYLINE.fullmatch(line.text) if len(line.text) <= _LONGEST_ABOVE else None
        if is_stamp(line.text):
            stamp = stamp or line.text
        elif named and taken and _may_be_name(named[1]):
            author = author or named[1].strip()
        elif not (
            _repeats(line.text, title)
            or is_clutter(line.text)
            or is_account(line.text)
            or _is_label(line.text)
        ):
            break
        taken += 1
    around = (*lines[:title_at], *lines[text_at:taken])
    removed = tuple(line.text for line in around if not _repeats(line.text, title))
    return Opened(tuple(lines[taken:]), stamp, author, removed)


def _title_place(lines: Sequence[Line], title: str) -> int:
    """How many lines are above the repeated title; 0 if it is not repeated near the top."""
    for number, line in enumerate(lines[:_MOST]):
        if _repeats(line.text, title) or _parts_of_title(lines[number:_MOST], title):
            return number
        if len(line.text) > _LONGEST_ABOVE:
            break
    return 0


def _parts_of_title(lines: Sequence[Line], title: str) -> int:
    """How many of the first lines are the folded title together, as of an `h1` with a line break; else 0."""
    joined = ""
    for number, line in enumerate(lines, 1):
        joined = f"{joined} {folded(line.text)}".strip()
        if not joined or not title.startswith(joined):
            return 0
        if joined == title:
            return number
    return 0


def _is_label(line: str) -> bool:
    """Whether it is what stands before a date that is not in the text, such as `Published:`."""
    words = line.removesuffix(":").split() if line.endswith(":") else []
    return bool(words) and all(word_key(word) in AROUND or word_key(word) in UPDATES for word in words)


def _may_be_name(words: str) -> bool:
    """Whether what follows `By` can be who wrote it; `By Friday` and `By the numbers` begin a text."""
    first = words.split(maxsplit=1)[0]
    return words[:1].isupper() and word_key(first) not in AROUND and word_key(first) not in MONTHS


def _repeats(line: str, title: str) -> bool:
    """Whether a line is the folded title, or a long beginning of it."""
    one = folded(line)
    return bool(one) and (one == title or (len(one) > 20 and title.startswith(f"{one} ")))
