"""The lines above an article's text: its title again, its date, its byline, buttons; taken off once read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from watchdesk.articles.clutter_lines import is_clutter
from watchdesk.articles.lines import Line
from watchdesk.articles.plain import folded
from watchdesk.articles.written_dates import is_stamp

_BYLINE = re.compile(r"(?:by|von|par|por|автор:?)\s+((?:[^\W\d_][\w.'’-]*\s*){1,5})", re.IGNORECASE)
_MOST = 8


@dataclass(frozen=True, slots=True)
class Opened:
    """An article's own lines, and what stood above them."""

    lines: tuple[Line, ...]
    stamp: str | None = None
    byline: str | None = None
    removed: tuple[str, ...] = ()


def without_opening(lines: Sequence[Line], title: str) -> Opened:
    """Takes off what repeats the title, is only a date, a byline or a button, down to the first other line."""
    stamp = author = None
    taken = 0
    for line in lines[:_MOST]:
        named = _BYLINE.fullmatch(line.text)
        if is_stamp(line.text):
            stamp = stamp or line.text
        elif named and taken:
            author = author or named[1].strip()
        elif not (_repeats(line.text, title) or is_clutter(line.text)):
            break
        taken += 1
    removed = tuple(line.text for line in lines[:taken] if not _repeats(line.text, title))
    return Opened(tuple(lines[taken:]), stamp, author, removed)


def _repeats(line: str, title: str) -> bool:
    """Whether a line is the title, or the title with a site's name behind it."""
    one, other = folded(line), folded(title)
    return bool(one) and (one == other or (len(one) > 20 and other.startswith(f"{one} ")))
