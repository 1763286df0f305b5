"""Persons and categories, and checks of an element's content, as several elements need them.

They give exactly what feedparser gives; where that is not certain, `Unsure` is raised.
"""

import re
from typing import Any

from watchdesk.sources.feeds.element_names import FOREIGN, ElementNames, Unsure, attributes
from watchdesk.sources.feeds.element_text import leaf_text
from watchdesk.sources.feeds.written import WrittenTag

_PERSON = frozenset(("name", "uri", "url", "homepage", "email", FOREIGN))
_LONGEST = 100
"""Characters; `lenient` shortens a longer one, in which feedparser would look for an address."""
_EMAIL = re.compile(
    r"(([a-zA-Z0-9\_\-\.\+]+)@((\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.)|(([a-zA-Z0-9\-]+\.)+))"
    r"([a-zA-Z]{2,4}|[0-9]{1,3})(\]?))(\?subject=\S+)?"
)


def check_parts(element: Any, names: ElementNames, parts: frozenset[str]) -> None:
    """Raises `Unsure` unless an element holds nothing but text and leaf elements of these names."""
    for part in element:
        attributes(part.items())
        if len(part) or names[part.tag] not in parts:
            raise Unsure


def check_parts_of_parts(
    element: Any, names: ElementNames, parts: frozenset[str], leaves: frozenset[str]
) -> None:
    """As `check_parts`, for parts that may hold leaves in turn."""
    for part in element:
        attributes(part.items())
        if names[part.tag] not in parts:
            raise Unsure
        check_parts(part, names, leaves)


def name_within(element: Any, names: ElementNames) -> str:
    """The one name within a person's element. Raises `Unsure` where feedparser would make one up."""
    check_person(element, names)
    parts = [names[child.tag] for child in element]
    written = [leaf_text(child) for child in element if names[child.tag] == "name"]
    beside = [element.text, *(child.tail for child in element)]
    if len(written) != 1 or len(written[0]) > _LONGEST or any(text and text.strip() for text in beside):
        raise Unsure
    if not written[0] and "email" in parts:
        raise Unsure
    return written[0]


def check_person(element: Any, names: ElementNames) -> None:
    """Raises `Unsure` for an author or contributor with more than names and addresses."""
    check_parts(element, names, _PERSON)


def name_in(author: str) -> str:
    """The name in `jane@example.org (Jane Doe)`; empty for an address alone."""
    if len(author) > _LONGEST:
        raise Unsure
    if "@" not in author:
        return author
    if found := _EMAIL.search(author):
        for spare in (found[0], "()", "<>", "&lt;&gt;"):
            author = author.replace(spare, "")
        author = author.strip().removeprefix("(").removesuffix(")").strip()
    return author


def add_category(tags: list[WrittenTag], tag: WrittenTag, text: str) -> None:
    """A category element: its attributes (Atom) and its text (RSS), which may be one category or two."""
    _add(tags, tag)
    if text and tags and not tags[-1].term:
        tags[-1].term = text
    elif text:
        _add(tags, WrittenTag(text, None, None))


def add_keywords(tags: list[WrittenTag], words: str, scheme: str | None) -> None:
    """A comma-separated list, each item a category."""
    for word in words.split(","):
        if word.strip():
            _add(tags, WrittenTag(word.strip(), scheme, None))


def _add(tags: list[WrittenTag], tag: WrittenTag) -> None:
    if (tag.term or tag.scheme or tag.label) and tag not in tags:
        tags.append(tag)
