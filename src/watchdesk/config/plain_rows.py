"""Reads the sources of a file that are written in ordinary ways, row by row, without a library for YAML.

It says of such a row what the readers of YAML and the checks of `shapes` say, in a tenth of their time, or
leaves the row to them: whatever is unusual, and every mistake. So this module has no messages.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from watchdesk.config.core_schema import PlainValue, plain_value
from watchdesk.config.places import Place
from watchdesk.config.plain_values import PARSERS, REPEATED, Said, text_of
from watchdesk.config.well_formed import is_unusual, is_whole
from watchdesk.config.yaml_document import SourceText

_ODD = "\x00-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
"""What no row that is read here holds: controls, line breaks of YAML 1.1, halves of characters."""
_UNCERTAIN = re.compile("[" + _ODD.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f") + "]")
"""Of what `_ODD` has, all but tabs and line breaks: the careful reader may stumble over it far ahead."""
_COMMENT = rf"#(?:[^{_ODD}]|\t)*"
_SPACE = rf"(?: *(?:{_COMMENT})?(?:\n|\Z))*"
_TOP = re.compile(rf"{_SPACE}sources:(?: +{_COMMENT}| *)\n{_SPACE}")
_TO_BE_SHORTENED = re.compile(r"#[^\n]*")
_INDENT = re.compile(r" +(?=[^ #\n])")
_HEAD = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_URL = r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~%+&=?@!$;()*/-]*)?"
_WORDS = r"[^\W\d_][\w .()/+'’‘“”–—…·№«»&!=%~;-]*|[0-9][A-Za-z0-9._]*"
_VALUE = rf"(?:\"([^\"\\{_ODD}]*)\"|'([^'{_ODD}]*)'|\[([^\[\]{{}}\"'#:{_ODD}]*)\]|({_URL}|{_WORDS}))"
_FLOW_ROW = re.compile(rf" +({_HEAD}): +\{{([^{{}}{_ODD}]*)\}} *(?:\n|\Z){_SPACE}\Z")
_BLOCK_ROW = re.compile(rf" +({_HEAD}): *\n")
_FLOW_PAIR = re.compile(rf" *([a-z_]+): +{_VALUE} *(?:,|\Z)")
_BLOCK_PAIR = re.compile(rf"( +)([a-z_]+):(?: +{_VALUE})? *(?:\n|\Z){_SPACE}")
_ITEM = re.compile(rf"( +)- +({_WORDS}) *(?:\n|\Z){_SPACE}")
_WORD = re.compile(_WORDS)

KINDS = ("feed", "sitemap")


@dataclass(slots=True)
class PlainRow:
    """A source as its row says it."""

    id: str
    said: dict[str, Said]
    """By key, as `SourceShape` has it."""
    text: SourceText
    line: int
    """Of its name; it counts from 0."""
    column: int

    @property
    def key(self) -> Place:
        """The place of its name."""
        return self.text.place(self.line, self.column)

    @property
    def kind(self) -> str:
        """Which of `KINDS` it is."""
        return next(kind for kind in KINDS if kind in self.said)


@dataclass(frozen=True, slots=True)
class Rows:
    """What of a file could be read here."""

    plain: list[PlainRow]
    rest: str | None
    """The file with comments in place of what was read, so that places stay; None where that is all."""
    is_certain: bool
    """Whether mistakes of the rest are those of the file: all readers of YAML divide it in the same rows."""


class _Unusual(Exception):
    """The row is for others to read."""


def read_rows(text: SourceText, but: Collection[str] = ()) -> Rows | None:
    """The plain rows of a file of sources; None for a file that has to be read as a whole.

    Left are rows with a name of `but`, or one that another row has, and all from a row on that does not end
    where the next one seems to begin.
    """
    top = _TOP.match(text.text)
    indent = _INDENT.match(text.text, top.end()) if top else None
    if top is None or indent is None:
        return None
    column = len(indent[0])
    outdented = _outdented(column).search(text.text, top.end())
    whole = outdented.start() if outdented else len(text.text)
    plain: list[PlainRow] = []
    rest: list[str] = [_TO_BE_SHORTENED.sub("#", text.text[: indent.start()])]
    odd: list[str] = []
    line, before = text.text.count("\n", 0, indent.start()), ""
    for start, end in _spans(text.text, indent.start(), column):
        chunk = text.text[start:end]
        lines = chunk.count("\n")
        read = _row_or_none(chunk, column) if end <= whole else None
        if read and read[0] not in but:
            plain.append(PlainRow(*read, text, line, column))
            rest.append("#\n" * lines)
            before = chunk
        elif read or (end <= whole and is_whole(chunk)):
            rest.append(chunk)
            odd.append(chunk)
            before = ""
        elif _UNCERTAIN.search(text.text):
            return None
        else:
            if before:  # what is wrong in the first row may be right, or wrong otherwise, in the second
                plain.pop()
                rest[-1] = before
            rest.append(text.text[start:])
            break
        line += lines
    else:
        if not odd:
            rest = []
    times = Counter(row.id for row in plain)
    if len(times) < len(plain):
        return read_rows(text, {*but, *(name for name, count in times.items() if count > 1)})
    return Rows(plain, "".join(rest) if rest else None, not any(map(is_unusual, odd)))


def _spans(text: str, start: int, column: int) -> Iterator[tuple[int, int]]:
    """From where each row begins to where the next one does."""
    starts = [found.start() for found in _beginning(column).finditer(text, start)]
    return pairwise([*starts, len(text)])


def _row_or_none(chunk: str, column: int) -> tuple[str, dict[str, Said]] | None:
    try:
        return _row(chunk, column)
    except (_Unusual, ValueError):
        return None


@cache
def _beginning(column: int) -> re.Pattern[str]:
    return re.compile(rf"^ {{{column}}}(?=[^ #\n])", re.MULTILINE)


@cache
def _outdented(column: int) -> re.Pattern[str]:
    """What stands further left than the sources do, and is more than a comment."""
    return re.compile(rf"^ {{0,{column - 1}}}[^ #\n]", re.MULTILINE)


def _row(chunk: str, column: int) -> tuple[str, dict[str, Said]]:
    """The name and what is said. Raises `_Unusual`, or `ValueError` for a value that cannot be."""
    if flow := _FLOW_ROW.match(chunk):
        name, said = flow[1], dict[str, Said]()
        _read_flow(flow[2], said)
    elif block := _BLOCK_ROW.match(chunk):
        name, said = block[1], dict[str, Said]()
        _read_block(chunk, block.end(), column, said)
    else:
        raise _Unusual
    if ("feed" in said) == ("sitemap" in said):
        raise _Unusual
    return name, said


def _read_flow(body: str, said: dict[str, Said]) -> None:
    place, end = 0, len(body)
    while place < end:
        found = _FLOW_PAIR.match(body, place)
        if found is None:
            raise _Unusual
        key, double, single, listed, bare = found.groups()
        _say(said, key, double if single is None else single, listed, bare)
        place = found.end()
    if body.rstrip(" ").endswith(","):
        raise _Unusual


def _read_block(chunk: str, start: int, column: int, said: dict[str, Said]) -> None:
    place, end, inner = start, len(chunk), ""
    while place < end:
        found = _BLOCK_PAIR.match(chunk, place)
        if found is None:
            raise _Unusual
        indent, key, double, single, listed, bare = found.groups()
        inner = inner or indent
        if indent != inner or len(indent) <= column:
            raise _Unusual
        place = found.end()
        if (double, single, listed, bare) == (None, None, None, None):
            items, place = _items(chunk, place, len(inner))
            listed = ",".join(items)
        _say(said, key, double if single is None else single, listed, bare)


def _items(chunk: str, place: int, least: int) -> tuple[list[str], int]:
    """The items of a list, one on each line, and where they end."""
    items: list[str] = []
    indent = ""
    while found := _ITEM.match(chunk, place):
        indent = indent or found[1]
        if found[1] != indent or len(indent) < least:
            raise _Unusual
        items.append(found[2])
        place = found.end()
    if not items:
        raise _Unusual
    return items, place


def _say(said: dict[str, Said], key: str, quoted: str | None, listed: str | None, bare: str | None) -> None:
    """Notes the value of a key."""
    if key in said:
        raise _Unusual
    if listed is not None:
        said[key] = _tags(listed) if key == "tags" else _no_list()
    elif key in REPEATED:
        said[key] = _repeated(key, quoted, bare)
    else:
        said[key] = _parser(key)(plain_value(bare.rstrip(" ")) if bare is not None else quoted)


def _no_list() -> Said:
    raise _Unusual


def _parser(key: str) -> Callable[[PlainValue], Said]:
    parser = PARSERS.get(key)
    if parser is None:
        raise _Unusual
    return parser


@cache
def _repeated(key: str, quoted: str | None, bare: str | None) -> Said:
    """Of a key that has the same value in many rows."""
    return _parser(key)(plain_value(bare.rstrip(" ")) if bare is not None else quoted)


@cache
def _tags(listed: str) -> Said:
    items = [item.strip(" ") for item in listed.split(",")]
    if not all(_WORD.fullmatch(item) for item in items):
        raise _Unusual
    return tuple(text_of(plain_value(item)) for item in items)
