"""What a YAML file holds, with the place of everything in it.

`parsing` makes a document of a file. Whoever reads a value decides what it means.
"""

from collections.abc import Iterator
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from watchdesk.config.core_schema import PlainValue
from watchdesk.config.places import Place
from watchdesk.config.secrets import hide_secrets

Positions = list[tuple[int, int]]
"""(line, column) in the file, from 0, of each character of a text and of its end."""


class Mark(Protocol):
    """A point of a file, as both YAML libraries give it: line and column count from 0."""

    @property
    def line(self) -> int:
        """Lines before it."""

    @property
    def column(self) -> int:
        """Characters before it in its line."""


class Point(NamedTuple):
    """A mark of our own."""

    line: int
    column: int


START = Point(0, 0)
"""Of a file."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """A file's text, which can tell the place of a character."""

    name: str
    text: str
    lines: tuple[str, ...] = field(init=False)
    _shown: dict[int, str] = field(init=False, default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", tuple(self.text.split("\n")))

    def place(self, line: int, column: int) -> Place:
        """The place at `line` and `column`, both counted from 0."""
        if line not in self._shown:  # a long line may hold thousands of places
            self._shown[line] = hide_secrets(self.lines[line]) if line < len(self.lines) else ""
        return Place(self.name, line + 1, column + 1, self._shown[line])


@dataclass(frozen=True, slots=True)
class Written:
    """A scalar as its author wrote it, with line breaks: block scalars unfolded, quotes removed."""

    text: str
    scalar: "Scalar"
    _positions: Positions = field(init=False, default_factory=list, compare=False, repr=False)

    def place_at(self, offset: int) -> Place:
        """The place in the file of character `offset` of `text`."""
        if not self._positions:  # found once, however many terms there are
            find = _block_positions if self.scalar.is_block else _flow_positions
            self._positions.extend(find(self.scalar))
        positions = self._positions
        line, column = positions[min(max(offset, 0), len(positions) - 1)]
        return self.scalar.source.place(line, column)


# Elements are not frozen, though nobody changes them: ten thousand sources are a hundred thousand elements,
# and freezing them would take longer than reading the file.


@dataclass(slots=True)
class Scalar:
    """A single value."""

    value: PlainValue
    text: str
    """The value as text, without quotes and folded: `0x10` is 16 as a value."""
    style: str | None
    """What it is written in: `'`, `"`, `|` or `>`; nothing for a plain one."""
    start: Mark
    end: Mark
    source: SourceText

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.source.place(self.start.line, self.start.column)

    @property
    def is_block(self) -> bool:
        """Whether it is a block scalar: `|` or `>`."""
        return self.style in ("|", ">")

    def written(self) -> Written:
        """The text as written, with places. A comment in a folded query ends with its line."""
        return Written(_block_text(self) if self.is_block else self.text, self)


@dataclass(slots=True)
class Sequence:
    """A list."""

    items: tuple["Element", ...]
    start: Mark
    source: SourceText

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.source.place(self.start.line, self.start.column)


@dataclass(frozen=True, slots=True)
class KeyPlaces(AbstractMapping[str, Place]):
    """The place of each key, found when it is asked for."""

    marks: AbstractMapping[str, Mark]
    source: SourceText

    def __getitem__(self, key: str) -> Place:
        mark = self.marks[key]
        return self.source.place(mark.line, mark.column)

    def __iter__(self) -> Iterator[str]:
        return iter(self.marks)

    def __len__(self) -> int:
        return len(self.marks)


@dataclass(slots=True)
class Mapping:
    """Keys and values; each key has a place of its own."""

    items: dict[str, "Element"]
    marks: AbstractMapping[str, Mark]
    """Where each key begins."""
    start: Mark
    source: SourceText

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.source.place(self.start.line, self.start.column)

    @property
    def keys(self) -> AbstractMapping[str, Place]:
        """The place of each key, also of one whose value is wrong."""
        return KeyPlaces(self.marks, self.source)

    def __iter__(self) -> Iterator[tuple[str, "Element"]]:
        return iter(self.items.items())

    def get(self, key: str) -> "Element | None":
        """The value of a key; None where it is missing."""
        return self.items.get(key)


Element = Scalar | Sequence | Mapping


def nothing(name: str) -> Mapping:
    """The mapping of a file called `name` that says nothing."""
    return Mapping({}, {}, START, SourceText(name, ""))


def outliving(text: str) -> str:
    """A copy of a document's text for what stays when the document goes.

    Python gives memory back by the block. Texts that stay, scattered among the elements, would keep every
    block: 26 of 41 MB for ten thousand sources.
    """
    return text.encode().decode()


def _block_lines(scalar: Scalar) -> tuple[int, int, tuple[str, ...]]:
    """Of a `|` or `>` scalar: the number of its first line, its common indentation, its lines in the file."""
    first = scalar.start.line + 1
    last = scalar.end.line if scalar.end.column == 0 else scalar.end.line + 1
    lines = scalar.source.lines[first:last]
    indents = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip()]
    return first, min(indents, default=0), lines


def _block_text(scalar: Scalar) -> str:
    _, indent, lines = _block_lines(scalar)
    return "\n".join([line[indent:].rstrip("\r") for line in lines]).rstrip("\n")


def _block_positions(scalar: Scalar) -> Positions:
    first, indent, lines = _block_lines(scalar)
    positions: list[tuple[int, int]] = []
    for number, line in enumerate(lines, start=first):
        kept = line[indent:].rstrip("\r")
        positions.extend((number, indent + column) for column in range(len(kept) + 1))
    reached = len(_block_text(scalar))
    end = positions[reached] if reached < len(positions) else (scalar.start.line, scalar.start.column)
    return [*positions[:reached], end]


def _flow_positions(scalar: Scalar) -> Positions:
    """A plain or quoted scalar: each character of the value found again in the file, in order."""
    line, column = scalar.start.line, scalar.start.column
    if scalar.style in ("'", '"'):
        column += 1
    end = (scalar.end.line, scalar.end.column)
    positions: list[tuple[int, int]] = []
    for character in scalar.text:
        spot = _find(character, line, column, end, scalar.source)
        positions.append(spot)
        line, column = spot[0], spot[1] + 1
    return [*positions, (line, column)]


def _find(
    character: str, line: int, column: int, end: tuple[int, int], source: SourceText
) -> tuple[int, int]:
    """The next place of `character`; the place reached where it is not written as itself (an escape)."""
    text = source.lines[line] if line < len(source.lines) else ""
    if column < len(text) and text[column] == character:
        return line, column
    if column < len(text) and not text[column:].strip() and (line + 1, 0) <= end and not character.isspace():
        return _find(character, line + 1, 0, end, source)
    if column >= len(text) and (line + 1, 0) <= end:
        if character.isspace():
            return line, column
        return _find(character, line + 1, 0, end, source)
    spot = text.find(character, column)
    limit = end[1] if line == end[0] else len(text)
    return (line, spot) if 0 <= spot < limit else (line, column)
