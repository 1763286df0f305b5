"""A page's text as blocks: its lines, each with the element it stands in and how much of it is links.

They tell running text from menus and lists of links, which lines alone do not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from watchdesk.articles.elements import Element, read
from watchdesk.articles.lines import Kind, Line, settled
from watchdesk.articles.markup import BLOCKS, SHAPING, LineCollector

_SHORTEST_PROSE = 80
"""Characters of a block that may be running text."""
_SHORTEST_SENTENCE = 40
"""As much, in a page whose paragraphs are all short."""
_MOST_LINKED = 0.35
"""Share of a block's characters in links; running text has fewer."""
_ENDS = (
    ".",
    "!",
    "?",
    "…",
    "。",
    ".”",
    ".“",
    '."',
    ".»",
    "”",
    "“",
    "»",
    '"',
    ":",
    ".)",
    "؟",
    "।",
    "！",
    "？",
    "」",
)
_MOST_LINK_LIST = 0.7


@dataclass(slots=True)
class Block:
    """One line of a page."""

    line: Line
    holder: Element
    """The block element that it stands in, such as its `p`."""
    linked: int
    """Characters of it that are links."""

    @property
    def key(self) -> str:
        """The text without spaces, to be found in another reading of the same page."""
        return key(self.line.text)

    @property
    def is_linked(self) -> bool:
        """Most of it is links."""
        return self.linked > _MOST_LINK_LIST * len(self.line.text)

    @property
    def is_prose(self) -> bool:
        """It is running text: long, ending as a sentence does, with few links."""
        return self.is_sentence(_SHORTEST_PROSE)

    def is_sentence(self, shortest: int) -> bool:
        """As `is_prose`, of so many characters at least."""
        text = self.line.text
        return (
            self.line.kind is not Kind.HEADING
            and len(text) >= shortest
            and self.linked <= _MOST_LINKED * len(text)
            and text.endswith(_ENDS)
        )


@lru_cache(2048)
def key(text: str) -> str:
    """A text without its spaces."""
    return "".join(text.split())


def blocks_of(root: Element) -> list[Block]:
    """The blocks of everything in `root`, in reading order; their lines are those of `lines_of`."""
    reader = _Reader()
    read(root, enter=reader.enter, add=reader.add, leave=reader.leave)
    return reader.all()


class _Reader:
    def __init__(self) -> None:
        self._lines = LineCollector()
        self._found = self._lines.found
        self._blocks: list[Block] = []
        self._open: list[Element] = []
        """The block elements around the place that is read."""
        self._holder: Element = None
        self._linked = 0
        self._link_depth = 0

    def enter(self, element: Element) -> None:
        tag = element.tag
        if tag in SHAPING:
            self._lines.enter(tag)
            if len(self._found) > len(self._blocks):
                self._settle()
        if tag in BLOCKS or not self._open:
            self._open.append(element)
        elif tag == "a":
            self._link_depth += 1

    def leave(self, element: Element) -> None:
        tag = element.tag
        if tag in SHAPING:
            self._lines.leave(tag)
            if len(self._found) > len(self._blocks):
                self._settle()
        if self._open and self._open[-1] is element:
            self._open.pop()
        elif tag == "a":
            self._link_depth -= 1

    def add(self, text: str) -> None:
        self._lines.add(text)
        if not text.isspace():
            if self._holder is None:
                self._holder = self._open[-1] if self._open else None
            if self._link_depth:
                self._linked += len(text.strip())

    def all(self) -> list[Block]:
        self._lines.end(Kind.PARAGRAPH)
        if len(self._found) > len(self._blocks):
            self._settle()
        return self._blocks

    def _settle(self) -> None:
        self._blocks.append(Block(self._found[-1], self._holder, self._linked))
        self._holder, self._linked = None, 0


def lines_in(blocks: Iterable[Block]) -> tuple[Line, ...]:
    """Headings and paragraphs of blocks."""
    return settled(block.line for block in blocks)


def prose_length(blocks: Iterable[Block]) -> int:
    """Characters of running text."""
    return sum(len(block.line.text) for block in blocks if block.is_prose)


def prose_found(lines: Iterable[Line], blocks: Iterable[Block]) -> float:
    """The share of a page's running text that is in `lines`; 1 for a page without any."""
    text = key(" ".join(line.text for line in lines))
    prose = [block for block in blocks if block.is_prose]
    whole = prose_length(prose)
    return prose_length(block for block in prose if block.key in text) / whole if whole else 1.0


def densest(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of the element that holds the most running text for its size, without lists of links."""
    return _densest(blocks, _SHORTEST_PROSE) or _densest(blocks, _SHORTEST_SENTENCE)


def _densest(blocks: Sequence[Block], shortest: int) -> list[Block]:
    scores: dict[Element, float] = {}
    for block in blocks:
        if block.is_sentence(shortest):
            worth: float = len(block.line.text)
            inner = block.holder if block.holder.tag not in ("p", "li", "blockquote") else None
            for element in (inner, *list(block.holder.iterancestors())[:2]):
                if element is not None and element.tag not in ("html",):
                    scores[element] = scores.get(element, 0) + worth
                    worth *= _OF_OUTER
    if not scores:
        return []
    best = max(scores, key=lambda element: scores[element])
    return [
        block
        for block in blocks
        if not block.is_linked and (block.holder is best or best in block.holder.iterancestors())
    ]


_OF_OUTER = 0.6
"""What an element's score counts for the element around it."""
