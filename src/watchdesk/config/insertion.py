"""Inserts entries into the text of a sources.yaml; everything else in it stays, byte for byte.

A round trip through a YAML library keeps comments, but not quotes, blank lines and indentation. So text goes
in at the place that the parser names. `adding` checks the result.
"""

import io
from collections.abc import Mapping, Sequence

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

Settings = Mapping[str, str | Sequence[str]]
"""A source's keys, as they are to be written."""

_BOM = "\ufeff"
_INDENT = 2


def with_sources(text: str, added: Mapping[str, Settings]) -> str:
    """The text with `added` (by name) after the sources that it lists, indented as the file is.

    Raises `ValueError` where it has no place for sources.
    """
    if text.startswith(_BOM):
        return _BOM + with_sources(text[1:], added)
    newline = "\r\n" if "\r\n" in text else "\n"
    try:
        top = YAML(typ="safe", pure=True).compose(io.StringIO(text))
    except YAMLError:
        raise ValueError("it is not YAML") from None
    if top is None:
        start = text if not text or text.endswith("\n") else text + newline
        return start + f"sources:{newline}" + _block(added, _INDENT, _INDENT, newline)
    pairs = top.value if isinstance(top, MappingNode) else []
    key, value = next(((k, v) for k, v in pairs if k.value == "sources"), (None, None))
    if key is None or not isinstance(value, ScalarNode | MappingNode):
        raise ValueError("there is no 'sources:' in it")
    if not isinstance(value, MappingNode) or not value.value:
        return _in_place_of_nothing(text, key, value, _block(added, _INDENT, _INDENT, newline), newline)
    if value.flow_style:
        return _in_braces(text, value, added)
    return _behind_the_last(text, value, added, newline)


def as_text(added: Mapping[str, Settings]) -> str:
    """The entries as a person may paste them under `sources:`."""
    return _block(added, _INDENT, _INDENT, "\n")


def _in_place_of_nothing(text: str, key: Node, value: Node, block: str, newline: str) -> str:
    """`sources:`, `sources: null` or `sources: {}`: replaces the empty value, keeps a comment beside it."""
    written = text[value.start_mark.index : value.end_mark.index].strip()
    if written:
        end = value.end_mark.index
        text = text[: value.start_mark.index].rstrip(" ") + text[end:]
    line_end = text.find("\n", key.end_mark.index)
    if line_end < 0:
        return text + newline + block
    return text[: line_end + 1] + block + text[line_end + 1 :]


def _in_braces(text: str, value: MappingNode, added: Mapping[str, Settings]) -> str:
    """`sources: {a: …}`: inserts before the closing brace."""
    brace = value.end_mark.index - 1
    before = text[:brace].rstrip()
    comma = "" if before.endswith(",") else ","
    return f"{before}{comma} {_flow(added)}{text[len(before) : brace]}{text[brace:]}"


def _behind_the_last(text: str, value: MappingNode, added: Mapping[str, Settings], newline: str) -> str:
    lines = text.splitlines(keepends=True)
    indent = value.value[0][0].start_mark.column
    key, last = value.value[-1]
    line = _last_line(key, last, lines) + 1
    while line < len(lines) and _is_comment_of(lines[line], indent):
        line += 1
    step = last.value[0][0].start_mark.column - indent if _is_block(last) else _INDENT
    spaced = len(value.value) > 1 and _is_spaced(lines, value.value[-2], key)
    block = _block(added, indent, step, newline, spaced=spaced)
    if line and not lines[line - 1].endswith("\n"):
        lines[line - 1] += newline
    return "".join((*lines[:line], newline if spaced else "", block, *lines[line:]))


def _last_line(key: Node, value: Node, lines: Sequence[str]) -> int:
    """The number of an entry's last line, from 0; of an alias, whose value is elsewhere, its key's."""
    line: int = key.end_mark.line
    if value.start_mark.index < key.start_mark.index:
        return line
    if isinstance(value, CollectionNode) and not value.flow_style and value.value:
        last = value.value[-1]
        inner = last if isinstance(last, tuple) else (last, last)
        return _last_line(inner[0], inner[1], lines)
    end = value.end_mark
    line = max(line, end.line - 1 if end.column == 0 and end.line > line else end.line)
    while line > key.end_mark.line and (line >= len(lines) or not lines[line].strip()):
        line -= 1
    return line


def _is_comment_of(line: str, indent: int) -> bool:
    """Whether it is a comment indented further than the names of sources: a setting that is switched off."""
    bare = line.lstrip(" ")
    return bare.startswith("#") and len(line) - len(bare) > indent


def _is_block(value: Node) -> bool:
    return isinstance(value, MappingNode) and bool(value.value) and not value.flow_style


def _is_spaced(lines: Sequence[str], before: tuple[Node, Node], key: Node) -> bool:
    """Whether a blank line stands between the last two sources."""
    between = lines[_last_line(*before, lines) + 1 : key.start_mark.line]
    return any(not line.strip() for line in between)


def _block(
    added: Mapping[str, Settings], indent: int, step: int, newline: str, *, spaced: bool = False
) -> str:
    yaml = YAML()
    yaml.width = 10_000
    yaml.indent(mapping=step)
    blocks = []
    for name, settings in added.items():
        written = io.StringIO()
        yaml.dump(CommentedMap({name: _settings(settings)}), written)
        blocks.append("".join(" " * indent + line + newline for line in written.getvalue().splitlines()))
    return (newline if spaced else "").join(blocks)


def _flow(added: Mapping[str, Settings]) -> str:
    yaml = YAML()
    yaml.width = 10_000
    written = io.StringIO()
    whole = CommentedMap({name: _settings(settings, flow=True) for name, settings in added.items()})
    whole.fa.set_flow_style()
    yaml.dump(whole, written)
    return written.getvalue().strip()[1:-1]


def _settings(settings: Settings, *, flow: bool = False) -> CommentedMap:
    written = CommentedMap()
    for key, value in settings.items():
        if isinstance(value, str):
            written[key] = _quoted(value)
        else:
            written[key] = CommentedSeq(_quoted(one) for one in value)
            written[key].fa.set_flow_style()
    if flow:
        written.fa.set_flow_style()
    return written


def _quoted(text: str) -> str:
    """With quotes where the writer leaves them out and the reader needs them: it reads `[?a]` as a key."""
    return DoubleQuotedScalarString(text) if text.startswith(("?", ":", "-")) else text
