"""Reads a YAML 1.2 file strictly, within bounds that no file in use comes near.

Anchors and aliases work. Problems are noted for a repeated key, a key that is not a word, a local tag, a file
that is not UTF-8 YAML, and one that is too large, too deep, or made huge by aliases.
"""

import io
import re
from dataclasses import replace
from errno import EFBIG, EINVAL
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    MappingEndEvent,
    MappingStartEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from watchdesk.config.places import Place, Problems
from watchdesk.config.yaml_document import Element, Mapping, PlainValue, Scalar, Sequence, SourceText
from watchdesk.encoding.repair import REPLACEMENT, clean, is_clean

LARGEST = 64 << 20
"""Bytes of a file."""
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


def read_document(path: Path, problems: Problems, name: str | None = None) -> Element | None:
    """The file's one document, or None for an empty file or after an error was noted.

    `name` is what messages call the file; its path when left out.
    """
    shown = name or str(path)
    try:
        content = read_file(path)
    except FileNotFoundError as error:
        hint = f"looked for in {path.absolute().parent}; name another directory with --config DIR"
        problems.error(Place(shown, 1, 1), f"cannot be read: {error.strerror}", hint)
        return None
    except OSError as error:
        problems.error(Place(shown, 1, 1), f"cannot be read: {error.strerror}")
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        problems.error(
            Place(shown, line, column), "is not UTF-8 text here", "save the file with the encoding UTF-8"
        )
        return None
    return parse_document(text, shown, problems)


def read_file(path: Path) -> bytes:
    """The content of an ordinary file of at most `LARGEST` bytes. Raises `OSError` with the reason."""
    found = path.stat()
    if not S_ISREG(found.st_mode) and not S_ISDIR(found.st_mode):  # a pipe or a device may never end
        raise OSError(EINVAL, "this is no ordinary file")
    if found.st_size > LARGEST:
        raise OSError(EFBIG, f"the file has {found.st_size >> 20} MB, and at most {LARGEST >> 20} are read")
    return path.read_bytes()


def parse_document(text: str, name: str, problems: Problems) -> Element | None:
    """As `read_document`, for a text that was read already."""
    source = SourceText(name, text)
    if deep := _BRACKETS.search(text):  # the scanner takes quadratic time for them
        line = text.count("\n", 0, deep.start())
        place = source.place(line, deep.start() - text.rfind("\n", 0, deep.start()) - 1)
        problems.error(place, _TOO_DEEP, _LESS_DEEP)
        return None
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_duplicate_keys = True
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
        place = source.place(mark.line, mark.column) if mark else Place(name, 1, 1)
        problems.error(place, f"is not YAML: {what}", _query_hint(place.source) or _yaml_hint(what))
        return None
    except YAMLError as error:
        problems.error(Place(name, 1, 1), f"is not YAML: {' '.join(str(error).split())}")
        return None


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
                return Sequence(tuple(item for item in items if item is not None), self._place(node))
            if isinstance(node, ScalarNode):
                return self._scalar(node)
            return None
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: MappingNode) -> Mapping:
        items: dict[str, Element] = {}
        keys: dict[str, Place] = {}
        for key_node, value_node in node.value:
            place = self._place(key_node)
            if not isinstance(key_node, ScalarNode):
                self._problems.error(place, "a key must be a single word")
                continue
            self._repair(key_node)
            key = str(key_node.value)
            if key in keys:
                self._problems.error(
                    place, f"'{key}' stands here twice", _merge_hint(key, keys[key].line, value_node)
                )
                continue
            keys[key] = place
            value = self.element(value_node)
            if isinstance(value, Scalar) and not value_node.value and not value.node.style:
                value = replace(value, place=place)  # nothing is written there, so messages show the key
            if value is not None:
                items[key] = value
        return Mapping(items, keys, self._place(node))

    def _scalar(self, node: ScalarNode) -> Scalar | None:
        if str(node.tag).startswith("!"):
            place = self._place(node)
            hint = _query_hint(place.source) or "put the value in quotes"
            self._problems.error(place, f"YAML takes '{node.tag}' for a tag and leaves it out", hint)
            return None
        self._repair(node)
        value = _plain_value(str(node.value), str(node.tag).rpartition(":")[2])
        return Scalar(value, self._place(node), node, self._source)

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


def _plain_value(text: str, tag: str) -> PlainValue:
    """What a scalar means by the YAML 1.2 core schema (§10.3.2); text where it cannot be read."""
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() == "true"
    try:
        if tag == "int":
            return int(text.replace("_", ""), 0 if text.lstrip("+-")[:2].lower() in ("0x", "0o") else 10)
        if tag == "float":
            return float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError:
        return text
    return text


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
    if "end of stream" in what:
        return "what begins here does not end: close the quote or the bracket"
    if "expected <block end>" in what or "could not find expected ':'" in what:
        return "check that the lines around stand in the same column, and that quotes are closed"
    return None
