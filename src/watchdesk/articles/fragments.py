"""HTML of a feed's entry → lines of text, straight from the parser's events and without a tree.

It uses BeautifulSoup's parser in the same way, so its lines equal those of `markup.markup_lines`, in a third
of the time. Pages need a tree: see `markup`.
"""

from collections.abc import Mapping

from lxml import etree

from watchdesk.articles.lines import Kind, Line
from watchdesk.articles.markup import SHAPING, SILENT, LineCollector, is_hidden_style, parsable

_UNSPOKEN = frozenset(("rt", "rp"))
"""Ruby annotations (HTML), which give a word's pronunciation and are not part of the text."""


class Fragments:
    """Reads one fragment after another. Not thread-safe."""

    def __init__(self) -> None:
        # Making a parser takes as long as it takes to read a short text.
        self._parser = etree.HTMLParser(target=_Events(), recover=True)

    def lines(self, html: str) -> tuple[Line, ...]:
        """The lines of everything in a fragment, in reading order."""
        self._parser.feed(parsable(html).removeprefix("\ufeff"))
        found: tuple[Line, ...] = self._parser.close()
        return found


class _Events:
    """Receives the parser's events; the parser closes every element that it opens."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self.data = self._texts.append
        """Takes a piece of text; the parser makes many of one, at each reference and line."""
        self._begin()

    def _begin(self) -> None:
        self._lines = LineCollector()
        self._silent_depth = 0
        self._unspoken_depth = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if self._texts:
            self._end_text()
        if self._silent_depth or name in SILENT or (attributes and _is_hidden(attributes)):
            self._silent_depth += 1
        elif name in SHAPING:
            self._lines.enter(name)
        elif name in _UNSPOKEN:
            self._unspoken_depth += 1

    def end(self, name: str) -> None:
        """An element ends."""
        if self._texts:
            self._end_text()
        if self._silent_depth:
            self._silent_depth -= 1
        elif name in SHAPING:
            self._lines.leave(name)
        elif name in _UNSPOKEN:
            self._unspoken_depth -= 1

    def _end_text(self) -> None:
        if not self._silent_depth and not self._unspoken_depth:
            self._lines.add("".join(self._texts))
        self._texts.clear()

    def close(self) -> tuple[Line, ...]:
        """The document ends."""
        if self._texts:
            self._end_text()
        self._lines.end(Kind.PARAGRAPH)
        found = tuple(self._lines.found)
        self._begin()
        return found


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    return "hidden" in attributes or is_hidden_style(attributes.get("style"))
