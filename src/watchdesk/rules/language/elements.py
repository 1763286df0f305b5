"""Typed values from the elements of a YAML file; a wrong shape is reported with its place."""

import re
from collections.abc import Collection, Iterator

from watchdesk.config.places import Problems, did_you_mean
from watchdesk.config.yaml_document import Element, Mapping, Scalar, Sequence

_EMPTY = "write a text, or leave the key out"
_KEYS_OF = {
    "examples": 'its keys are matches: and ignores:, as in examples: {matches: ["…"], ignores: ["…"]}',
    "sources": "its keys are only: and never:, as in sources: {only: [tag:wire], never: [tag:sport]}",
    "rules": "write the rule's id, a colon, and its settings below it, as in nato: {query: NATO}",
}


def check_keys(mapping: Mapping, known: Collection[str], owner: str, problems: Problems) -> None:
    """Reports every key that is not one of `known`; `owner` is what the keys belong to, as in 'a rule'."""
    for key in mapping.marks:
        if key not in known:
            hint = did_you_mean(key, list(known)) or f"known are: {', '.join(known)}"
            problems.error(mapping.keys[key], f"'{key}' is not a setting of {owner}", hint)


def as_mapping(element: Element | None, name: str, problems: Problems) -> Mapping | None:
    """The mapping, or None after an error was noted."""
    if isinstance(element, Mapping):
        return element
    if element is not None:
        hint = _KEYS_OF.get(name, "write one `key: value` a line")
        problems.error(element.place, f"'{name}' must hold keys and values", hint)
    return None


def as_items(element: Element | None, name: str, problems: Problems) -> tuple[Element, ...]:
    """The items of a list; empty after an error was noted."""
    if element is None:
        return ()
    if isinstance(element, Sequence):
        return element.items
    problems.error(element.place, f"'{name}' must be a list", "write [one, other], or one `- item` a line")
    return ()


def as_text(element: Element | None, name: str, problems: Problems) -> str | None:
    """The text as written, folded on one line; None where it is left out or is not text."""
    if element is None:
        return None
    if not isinstance(element, Scalar):
        problems.error(element.place, f"'{name}' must be a text", _joined(element, name))
        return None
    if element.value is None:
        is_comment = "#" in element.place.source
        hint = "a # begins a comment: write what follows it without it" if is_comment else _EMPTY
        problems.error(element.place, f"'{name}' is empty", hint)
        return None
    return element.text


def _joined(element: Mapping | Sequence, name: str) -> str:
    """What to write for a list of words in place of a query."""
    items = [item.text for item in element.items if isinstance(item, Scalar)]
    if name not in ("query", "exclude") or isinstance(element, Mapping) or not items:
        return "write it on one line, in quotes"
    quoted = [f'"{item}"' if re.fullmatch(r"\w+(?: \w+)+", item) else item for item in items]
    return f"write {' OR '.join(quoted)}; for all of them: {' AND '.join(quoted)}"


def as_texts(element: Element | None, name: str, problems: Problems) -> Iterator[tuple[str, Scalar]]:
    """The texts of a list, each with the element that it stands in."""
    for item in as_items(element, name, problems):
        text = as_text(item, name, problems)
        if text is not None and isinstance(item, Scalar):
            yield text, item
