"""Elements of known parts: what must be in them and in nothing else, to be sure of what feedparser does."""

from typing import Any

from watchdesk.sources.feeds.element_names import ElementNames, Unsure, attributes


def check_parts(element: Any, names: ElementNames, parts: frozenset[str]) -> None:
    """Raises `Unsure` unless all that an element holds is leaves of these names, besides text."""
    for part in element:
        attributes(part.items())
        if len(part) or names[part.tag] not in parts:
            raise Unsure


def check_parts_of_parts(
    element: Any, names: ElementNames, parts: frozenset[str], leaves: frozenset[str]
) -> None:
    """As `check_parts`, where the parts may hold leaves in turn."""
    for part in element:
        attributes(part.items())
        if names[part.tag] not in parts:
            raise Unsure
        check_parts(part, names, leaves)
