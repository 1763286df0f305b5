"""Plain text → lines: what people mean by blank lines, wrapped lines and lines that stand alone.

For HTML see `markup` and `fragments`.
"""

import re

from watchdesk.articles.clutter_lines import is_clutter
from watchdesk.articles.lines import Kind, Line, looks_like_heading, settled
from watchdesk.articles.plain import one_line, without_invisible

_BLANK = re.compile(r"\n[ \t]*\n")
_MOST_LINES = 20_000
_WRAPPED = 90
"""Characters: a line no longer than this may have been wrapped to fit a page."""


def plain_lines(text: str) -> tuple[Line, ...]:
    """Headings and paragraphs: blocks between blank lines; a short block before a longer one heads it."""
    clean = without_invisible(text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n"))
    found: list[Line] = []
    for block in _BLANK.split(clean):
        found += _block(block)
        if len(found) > _MOST_LINES:
            break
    return tuple(_with_headings(found))


def _block(block: str) -> tuple[Line, ...]:
    """The paragraphs of one block, with wrapped lines joined."""
    texts = [line for raw in block.split("\n") if (line := one_line(raw))]
    wrapped = bool(texts) and max(map(len, texts)) <= _WRAPPED
    kinds = [Kind.SOFT if wrapped and not is_clutter(text) else Kind.PARAGRAPH for text in texts]
    soft = [Line(text, kind) for text, kind in zip(texts, kinds, strict=True)]
    return settled(soft)


def _with_headings(lines: list[Line]) -> list[Line]:
    """The lines, with those that look like headings made headings if running text follows."""
    after = [*lines[1:], Line("")][: len(lines)]
    return [
        Line(line.text, Kind.HEADING)
        if looks_like_heading(line.text) and not is_clutter(line.text) and _runs(following)
        else line
        for line, following in zip(lines, after, strict=True)
    ]


def _runs(line: Line) -> bool:
    return bool(line.text) and not looks_like_heading(line.text) and not is_clutter(line.text)
