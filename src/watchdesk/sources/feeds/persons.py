"""Who wrote an entry, as elements name them and as feedparser understands them."""

import re
from typing import Any

from watchdesk.sources.feeds.element_names import FOREIGN, ElementNames, Unsure
from watchdesk.sources.feeds.element_parts import check_parts
from watchdesk.sources.feeds.element_text import leaf_text

_PERSON = frozenset(("name", "uri", "url", "homepage", "email", FOREIGN))
_LONGEST = 100
"""Characters; from a longer one, `lenient` cuts off what may hold an address."""
_EMAIL = re.compile(
    r"(([a-zA-Z0-9\_\-\.\+]+)@((\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.)|(([a-zA-Z0-9\-]+\.)+))"
    r"([a-zA-Z]{2,4}|[0-9]{1,3})(\]?))(\?subject=\S+)?"
)


def name_within(element: Any, names: ElementNames) -> str:
    """The one name that an element of parts holds. Raises `Unsure` where feedparser would make one up."""
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
    """Raises `Unsure` of an author or a contributor who is more than names and addresses."""
    check_parts(element, names, _PERSON)


def name_in(author: str) -> str:
    """Who is meant by `jane@example.org (Jane Doe)`; empty for an address alone."""
    if len(author) > _LONGEST:
        raise Unsure
    if "@" not in author:
        return author
    if found := _EMAIL.search(author):
        for spare in (found[0], "()", "<>", "&lt;&gt;"):
            author = author.replace(spare, "")
        author = author.strip().removeprefix("(").removesuffix(")").strip()
    return author
