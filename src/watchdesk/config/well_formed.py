"""Reads a YAML file that holds nothing unusual, with libyaml: a tenth of the time that `parsing` takes.

It reads what both libraries understand alike, and declines the rest, mistakes included: then `parsing` reads
the file, and says what is wrong and where. So this module has no messages.
"""

import re
from dataclasses import replace
from functools import cache
from typing import Any

from watchdesk.config.core_schema import plain_value
from watchdesk.config.yaml_document import Element, Mapping, Mark, Scalar, Sequence, SourceText
from watchdesk.encoding.repair import is_clean

DEEPEST = 50
"""Levels that are read here."""
LARGEST_EXPANSION = 50_000
"""Values of a document with aliases, each counted as what it stands for, that are read here."""

_FOREIGN = "\t\x85\u2028\u2029\ufeff"
"""A tab, the line breaks of YAML 1.1 alone, a BOM inside."""
_UNUSUAL = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"\r(?!\n)",
        r"^(?:%|\.\.\.)",  # a directive, the end of a document
        r"[\"'\]}][ \t]*:[^\s,\]}]",  # a value that touches the colon after a quoted key
        r"[|>][-+0-9]*#",  # a comment that touches what it follows
        r"[&*](?<![^\s\[{,:].)[\w-]*[^\w\s,\]}-]",  # a name of an anchor that only one library ends here
    )
)
"""What the libraries understand differently."""


class Unsure(Exception):
    """Another reader must decide what the file says."""


@cache
def _libyaml() -> Any:
    """PyYAML; None where it is missing or was built without libyaml."""
    try:
        import yaml._yaml  # noqa: PLC0415 - an installation may have no C extension
    except ImportError:
        return None
    return yaml


def read_well_formed(source: SourceText, text: str | None = None) -> Element | None:
    """The file's one document; None for an empty file. Raises `Unsure`.

    `text`: what is read in place of the file's own; places are shown in the file.
    """
    yaml, text = _libyaml(), source.text if text is None else text
    if yaml is None or is_unusual(text):
        raise Unsure
    try:
        return _Builder(yaml, source, text).document()
    except yaml.YAMLError:
        raise Unsure from None


def is_whole(text: str) -> bool:
    """Whether a part of a file is one key with its value, and ends where that does, by libyaml."""
    yaml = _libyaml()
    if yaml is None:
        return False
    depth = children = 0
    try:
        following = yaml._yaml.CParser(text).get_event
        while (event := following()) is not None:
            if isinstance(event, yaml.events.DocumentStartEvent | yaml.events.DocumentEndEvent):
                if event.explicit:
                    return False
            elif isinstance(event, yaml.events.CollectionEndEvent):
                depth -= 1
            elif isinstance(event, yaml.events.NodeEvent):
                if depth == 0 and (not isinstance(event, yaml.events.MappingStartEvent) or event.flow_style):
                    return False
                children += depth == 1
                depth += isinstance(event, yaml.events.CollectionStartEvent)
    except yaml.YAMLError:
        return False
    return children == 2


def is_unusual(text: str) -> bool:
    """Whether it holds what the libraries may understand differently."""
    signs = any(sign in text for sign in _FOREIGN)
    return signs or not is_clean(text) or any(pattern.search(text) for pattern in _UNUSUAL)


def _is_usual(text: str, style: str) -> bool:
    """Whether it holds what every file may, and is no block that is empty or begins with an empty line."""
    if style == '"':
        return is_clean(text)  # it may have escapes
    return style == "'" or bool(text.strip() and text[0] not in "\n ")


class _Builder:
    """Turns libyaml's events into elements."""

    def __init__(self, yaml: Any, source: SourceText, text: str) -> None:
        self._events = yaml.events
        self._next = yaml._yaml.CParser(text).get_event
        self._source = source
        self._anchored: dict[str, tuple[Element, int]] = {}
        """By anchor: what it stands for, and how many values that holds."""
        self._values = 0

    def document(self) -> Element | None:
        self._next()  # the start of the stream
        if not isinstance(self._next(), self._events.DocumentStartEvent):
            return None
        found = self._element(self._next(), 0)
        if not isinstance(found, Mapping):  # no file of ours
            raise Unsure
        self._next()
        if not isinstance(self._next(), self._events.StreamEndEvent):
            raise Unsure
        return found

    def _element(self, event: Any, depth: int) -> Element:
        self._values += 1
        kind, events = type(event), self._events
        if kind is events.ScalarEvent and event.anchor is None:
            return self._scalar(event)
        if kind is events.AliasEvent:
            return self._alias(event.anchor)
        if depth > DEEPEST or event.tag is not None:
            raise Unsure
        before = self._values
        element: Element
        if kind is events.ScalarEvent:
            element = self._scalar(event)
        elif kind is events.MappingStartEvent:
            element = self._mapping(event, depth + 1)
        else:
            element = self._sequence(event, depth + 1)
        if event.anchor is not None:
            if event.anchor in self._anchored:
                raise Unsure
            self._anchored[event.anchor] = element, 1 + self._values - before
        return element

    def _alias(self, anchor: str) -> Element:
        if anchor not in self._anchored:  # it may also stand inside of what it names
            raise Unsure
        element, values = self._anchored[anchor]
        self._values += values
        if self._values > LARGEST_EXPANSION:
            raise Unsure
        return element

    def _scalar(self, event: Any) -> Scalar:
        text, style = event.value, event.style
        if event.tag is not None or (style and not _is_usual(text, style)):
            raise Unsure
        value = text if style else plain_value(text)
        return Scalar(value, text, style, event.start_mark, event.end_mark, self._source)

    def _sequence(self, start: Any, depth: int) -> Sequence:
        items: list[Element] = []
        end, following = self._events.SequenceEndEvent, self._next
        while type(event := following()) is not end:
            items.append(self._element(event, depth))
        return Sequence(tuple(items), start.start_mark, self._source)

    def _mapping(self, start: Any, depth: int) -> Mapping:
        items: dict[str, Element] = {}
        marks: dict[str, Mark] = {}
        end, scalar, following = self._events.MappingEndEvent, self._events.ScalarEvent, self._next
        while type(event := following()) is not end:
            if type(event) is not scalar or event.tag is not None or event.anchor is not None:
                raise Unsure
            key = event.value
            if not key or key in marks or not is_clean(key):
                raise Unsure
            mark = marks[key] = event.start_mark
            value = self._element(following(), depth)
            if isinstance(value, Scalar) and not value.text and not value.style:
                value = replace(value, start=mark)  # nothing is written there, so messages show the key
            items[key] = value
        return Mapping(items, marks, start.start_mark, self._source)
