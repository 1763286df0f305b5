"""Reads any YAML 1.2 file, strictly and within bounds that no file in use comes near, with ruamel.yaml.

Anchors and aliases work. Problems are noted for a repeated key, a key that is not a word, a local tag, and a
file that is not YAML, too deep, or made huge by aliases. It is slow: `well_formed` reads what it can before.
"""

import io
import re
from dataclasses import replace

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    MappingEndEvent,
    MappingStartEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from watchdesk.config.core_schema import tagged_value
from watchdesk.config.places import Place, Problems
from watchdesk.config.yaml_document import Element, Mapping, Mark, Scalar, Sequence, SourceText
from watchdesk.encoding.repair import REPLACEMENT, clean, is_clean

LARGEST_EXPANSION = 100_000
"""Values in a document, with each alias counted as what it stands for."""
DEEPEST = 200
"""Levels of a document; reading stops at about so many."""
_TOO_DEEP = f"is nested too deeply: more than {DEEPEST} levels"
_LESS_DEEP = "close the brackets, or take some of them out"
_BRACKETS = re.compile(rf"(?:[\[{{][\s\w\"':]{{0,20}}){{{DEEPEST}}}")

_AFTER_QUOTE = re.compile(r"""\s*(?:-\s+)?(query|exclude):\s+(?:"[^"]*"|'[^']*')\s*[^\s#]""")
_QUERY = re.compile(r"\s*(?:-\s+)?(query|exclude):\s+(?:[>|][+-]?\s+)?(.*\S)")
_SPACED_FIELD = re.compile(r"(title|lead|heading|body|source|author|url|lang|category):\s+(\w+|\"[^\"]+\")")
_QUOTED_START = "a query that begins with a quotation mark is written on the next line, after "
_SECTIONS = frozenset("polling articles channels digests operators web sources rules lists".split())  # noqa: SIM905
"""Keys at the top of a file, which people paste a second time with an example."""


def read_any(source: SourceText, problems: Problems, text: str | None = None) -> Element | None:
    """The file's one document, or None for an empty file or after an error was noted.

    `text`: what is read in place of the file's own; places are shown in the file.
    """
    text, name = source.text if text is None else text, source.name
    if deep := _BRACKETS.search(text):  # the scanner takes quadratic time for them
        line = text.count("\n", 0, deep.start())
        place = source.place(line, deep.start() - text.rfind("\n", 0, deep.start()) - 1)
        problems.error(place, _TOO_DEEP, _LESS_DEEP)
        return None
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_duplicate_keys = True
    yaml.composer.warn_double_anchors = False  # on standard error; the later one counts (§7.1)
    try:
        return _read(yaml.compose(io.StringIO(text)), source, problems)
    except RecursionError:
        problems.error(_deep_place(text, source), _TOO_DEEP, _LESS_DEEP)
        return None
    except MarkedYAMLError as error:
        what = (error.problem or "cannot be understood").strip()
        mark = error.problem_mark or error.context_mark
        if "end of stream" in what and error.context_mark:
            mark = error.context_mark  # where the quote or bracket that is never closed begins
        elif "<stream end>" in what and (begun := _open_bracket(text)):
            mark, what = begun, "this bracket is never closed"
        place = source.place(mark.line, mark.column) if mark else Place(name, 1, 1)
        problems.error(place, f"is not YAML: {what}", _query_hint(place.source) or _yaml_hint(what))
        return None
    except YAMLError as error:
        problems.error(Place(name, 1, 1), f"is not YAML: {' '.join(str(error).split())}")
        return None


def _open_bracket(text: str) -> Mark | None:
    """The last bracket that is open where a text ends; None if there is none."""
    begun: list[tuple[Mark, bool]] = []
    try:
        for event in YAML(typ="safe", pure=True).parse(io.StringIO(text)):
            if isinstance(event, MappingStartEvent | SequenceStartEvent):
                begun.append((event.start_mark, bool(event.flow_style)))
            elif isinstance(event, MappingEndEvent | SequenceEndEvent):
                begun.pop()
    except (YAMLError, RecursionError):  # that it ends so is one
        pass
    return begun[-1][0] if begun and begun[-1][1] else None


def _read(node: Node | None, source: SourceText, problems: Problems) -> Element | None:
    if node is None:
        return None
    reader = _Reader(source, problems)
    return reader.element(node) if reader.is_bearable(node) else None


def _deep_place(text: str, source: SourceText) -> Place:
    """Where the document becomes too deep."""
    depth = 0
    try:
        for event in YAML(typ="safe", pure=True).parse(io.StringIO(text)):
            depth += isinstance(event, MappingStartEvent | SequenceStartEvent)
            depth -= isinstance(event, MappingEndEvent | SequenceEndEvent)
            if depth > DEEPEST:
                return source.place(event.start_mark.line, event.start_mark.column)
    except (YAMLError, RecursionError):  # it is deep before it is wrong
        pass
    return source.place(0, 0)


class _Reader:
    """Turns ruamel's nodes into elements, noting problems on the way."""

    def __init__(self, source: SourceText, problems: Problems) -> None:
        self._source = source
        self._problems = problems
        self._open: set[int] = set()
        self._sizes: dict[int, int] = {}

    def is_bearable(self, node: Node) -> bool:
        """Whether aliases keep the document within bounds; otherwise a problem is noted."""
        size = self._size(node)
        written = len(self._sizes)
        if size <= LARGEST_EXPANSION or size <= 10 * written:
            return True
        what = f"its aliases make {size:,} values of the {written:,} that are written"
        self._problems.error(self._place(node), what, "write out what is meant, or use fewer aliases")
        return False

    def _size(self, node: Node) -> int:
        """Values in the node, with each alias counted as what it stands for."""
        known = self._sizes.get(id(node))
        if known is not None:
            return known
        self._sizes[id(node)] = 1  # of a node that holds itself
        if isinstance(node, MappingNode):
            size = 1 + sum(1 + self._size(value) for _, value in node.value)
        elif isinstance(node, SequenceNode):
            size = 1 + sum(self._size(child) for child in node.value)
        else:
            size = 1
        self._sizes[id(node)] = size
        return size

    def element(self, node: Node) -> Element | None:
        if id(node) in self._open:
            self._problems.error(self._place(node), "refers to itself")
            return None
        self._open.add(id(node))
        try:
            if isinstance(node, MappingNode):
                return self._mapping(node)
            if isinstance(node, SequenceNode):
                items = (self.element(child) for child in node.value)
                found = tuple(item for item in items if item is not None)
                return Sequence(found, node.start_mark, self._source)
            if isinstance(node, ScalarNode):
                return self._scalar(node)
            return None
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: MappingNode) -> Mapping:
        items: dict[str, Element] = {}
        marks: dict[str, Mark] = {}
        for key_node, value_node in node.value:
            place = self._place(key_node)
            if not isinstance(key_node, ScalarNode):
                self._problems.error(place, "a key must be a single word")
                continue
            self._repair(key_node)
            key = str(key_node.value)
            if key in marks:
                hint = _merge_hint(key, marks[key].line + 1, value_node)
                self._problems.error(place, f"'{key}' stands here twice", hint)
                continue
            marks[key] = key_node.start_mark
            value = self.element(value_node)
            if isinstance(value, Scalar) and not value.text and not value.style:
                value = replace(value, start=marks[key])  # nothing is written there, so messages show the key
            if value is not None:
                items[key] = value
        return Mapping(items, marks, node.start_mark, self._source)

    def _scalar(self, node: ScalarNode) -> Scalar | None:
        if str(node.tag).startswith("!"):
            place = self._place(node)
            hint = _query_hint(place.source) or "put the value in quotes"
            self._problems.error(place, f"YAML takes '{node.tag}' for a tag and leaves it out", hint)
            return None
        self._repair(node)
        text = str(node.value)
        value = tagged_value(text, str(node.tag).rpartition(":")[2])
        return Scalar(value, text, node.style, node.start_mark, node.end_mark, self._source)

    def _repair(self, node: ScalarNode) -> None:
        """Joins halves of a character that were written as escapes; notes what else no text may hold."""
        text = str(node.value)
        if is_clean(text):
            return
        node.value = clean(text)
        if "\x00" in text or REPLACEMENT in node.value:
            hint = "write the character itself; in escapes, both of its halves, or \\U and eight digits"
            self._problems.error(
                self._place(node), "holds a character that does not exist (NUL, or half of one)", hint
            )

    def _place(self, node: Node) -> Place:
        return self._source.place(node.start_mark.line, node.start_mark.column)


def _merge_hint(key: str, line: int, second: Node) -> str:
    """Which lines to move where, for a repeated key."""
    hint = f"the first is on line {line}"
    if key not in _SECTIONS or not isinstance(second, MappingNode) or not second.value:
        return hint
    first, last = second.start_mark.line + 1, max(second.end_mark.line, second.start_mark.line + 1)
    lines = f"line {first}" if first == last else f"lines {first} to {last}"
    return f"{hint}: move {lines} to the end of what stands under it, and take this '{key}:' out"


def _query_hint(line: str) -> str | None:
    """A hint for a line with a query that YAML takes for syntax of its own; None for other lines."""
    after_quote = _AFTER_QUOTE.match(line)
    if after_quote:
        return f"{_QUOTED_START}{after_quote[1]}: >"
    query = _QUERY.match(line)
    if query is None:
        return None
    field = _SPACED_FIELD.fullmatch(query[2])
    written = f", as {field[1]}:{field[2]}" if field else ""
    return f"a query with such signs is written on the next line, after {query[1]}: >{written}"


def _yaml_hint(what: str) -> str | None:  # noqa: PLR0911 - one hint a mistake
    """A hint for the YAML mistakes that people make most."""
    if "chomping" in what and "'='" in what:
        return 'a value that begins with > needs quotes: ">= 3"'
    if "\\t" in what or "tab" in what:
        return "indent with spaces, not with tabs"
    if "mapping values are not allowed" in what:
        return "put the value in quotes if it holds ': ', or check the indentation"
    if "found character" in what or "alias" in what or "anchor" in what:
        return "put the value in quotes"
    if "never closed" in what:
        return "close it where its last value ends, with ] or }"
    if "end of stream" in what:
        return "what begins here does not end: close the quote or the bracket"
    if "expected <block end>" in what or "could not find expected ':'" in what:
        return "check that the lines around stand in the same column, and that quotes are closed"
    return None
