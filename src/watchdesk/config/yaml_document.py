"""What a YAML file holds, with the place of everything in it.

`parsing` makes a document of a file. Whoever reads a value decides what it means.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml.nodes import ScalarNode

from watchdesk.config.places import Place
from watchdesk.config.secrets import hide_secrets

PlainValue = str | int | float | bool | None
Positions = list[tuple[int, int]]
"""(line, column) in the file, from 0, of each character of a text and of its end."""


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
    node: ScalarNode
    source: SourceText
    _positions: Positions = field(init=False, default_factory=list, compare=False, repr=False)

    def place_at(self, offset: int) -> Place:
        """The place in the file of character `offset` of `text`."""
        if not self._positions:  # found once, however many terms there are
            block = self.node.style in ("|", ">")
            find = _block_positions if block else _flow_positions
            self._positions.extend(find(self.node, self.source))
        positions = self._positions
        line, column = positions[min(max(offset, 0), len(positions) - 1)]
        return self.source.place(line, column)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value."""

    value: PlainValue
    place: Place
    node: ScalarNode
    source: SourceText

    def written(self) -> Written:
        """The text as written, with places. A comment in a folded query ends with its line."""
        block = self.node.style in ("|", ">")
        text = _block_text(self.node, self.source) if block else str(self.node.value)
        return Written(text, self.node, self.source)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple["Element", ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values; each key has a place of its own."""

    items: dict[str, "Element"]
    keys: dict[str, Place]
    place: Place

    def __iter__(self) -> Iterator[tuple[str, "Element"]]:
        return iter(self.items.items())

    def get(self, key: str) -> "Element | None":
        """The value of a key; None where it is missing."""
        return self.items.get(key)


Element = Scalar | Sequence | Mapping


def _block_lines(node: ScalarNode, source: SourceText) -> tuple[int, int, tuple[str, ...]]:
    """Of a `|` or `>` scalar: the number of its first line, its common indentation, its lines in the file."""
    first = node.start_mark.line + 1
    last = node.end_mark.line if node.end_mark.column == 0 else node.end_mark.line + 1
    lines = source.lines[first:last]
    indents = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip()]
    return first, min(indents, default=0), lines


def _block_text(node: ScalarNode, source: SourceText) -> str:
    _, indent, lines = _block_lines(node, source)
    return "\n".join([line[indent:].rstrip("\r") for line in lines]).rstrip("\n")


def _block_positions(node: ScalarNode, source: SourceText) -> Positions:
    first, indent, lines = _block_lines(node, source)
    positions: list[tuple[int, int]] = []
    for number, line in enumerate(lines, start=first):
        kept = line[indent:].rstrip("\r")
        positions.extend((number, indent + column) for column in range(len(kept) + 1))
    reached = len(_block_text(node, source))
    end = positions[reached] if reached < len(positions) else (node.start_mark.line, node.start_mark.column)
    return [*positions[:reached], end]


def _flow_positions(node: ScalarNode, source: SourceText) -> Positions:
    """A plain or quoted scalar: each character of the value found again in the file, in order."""
    line, column = node.start_mark.line, node.start_mark.column
    if node.style in ("'", '"'):
        column += 1
    end = (node.end_mark.line, node.end_mark.column)
    positions: list[tuple[int, int]] = []
    for character in str(node.value):
        spot = _find(character, line, column, end, source)
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
