"""Checks one mapping of a file against a model, and tells what is wrong at the places it stands.

pydantic finds the mistakes; here they are put into the words of the person who edits the file.
"""

from collections.abc import Sequence as AbstractSequence
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from watchdesk.config.document import Element, Mapping, Scalar, Sequence
from watchdesk.config.places import Place, Problems, did_you_mean

Checked = TypeVar("Checked")

_WORDS = {
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list, such as [one, two]",
    "tuple_type": "must be a list, such as [one, two]",
    "frozen_set_type": "must be a list, such as [one, two]",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "model_attributes_type": "must be a mapping of keys to values",
    "dataclass_type": "must be a mapping of keys to values",
}


def plain(element: Element | None) -> Any:
    """The element's value as Python has it."""
    match element:
        case Mapping():
            return {key: plain(value) for key, value in element}
        case Sequence():
            return [plain(item) for item in element.items]
        case Scalar():
            return element.value
        case None:
            return None


def place_at(element: Element, path: AbstractSequence[int | str]) -> Place:
    """Where the value at `path` stands, or the last element on the way to it."""
    place = element.place
    for step in path:
        inner = _inner(element, step)
        if inner is None:
            return place
        element, place = inner, inner.place
    return place


def _inner(element: Element, step: int | str) -> Element | None:
    if isinstance(element, Mapping) and isinstance(step, str):
        return element.get(step)
    if isinstance(element, Sequence) and isinstance(step, int) and step < len(element.items):
        return element.items[step]
    return None


def check(model: type[Checked], element: Element, noun: str, problems: Problems) -> Checked | None:
    """The mapping as the model reads it; None after its mistakes were noted. `noun`: `a source`."""
    if not isinstance(element, Mapping):
        problems.error(element.place, f"{noun} is a mapping of keys to values")
        return None
    adapter = TypeAdapter(model)
    try:
        return adapter.validate_python(plain(element))
    except ValidationError as error:
        known = [str(name) for name in _known_keys(adapter)]
        for mistake in error.errors(include_url=False):
            _tell(mistake, element, noun, known, problems)
        return None


def _known_keys(adapter: TypeAdapter[Any]) -> list[str]:
    return list(adapter.json_schema().get("properties", {}))


def _tell(mistake: ErrorDetails, element: Mapping, noun: str, known: list[str], problems: Problems) -> None:
    path = list(mistake["loc"])
    kind, key = mistake["type"], str(path[-1]) if path else ""
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        place = element.keys.get(key, element.place)
        hint = did_you_mean(key, known) if len(path) == 1 else None
        hint = hint or (f"it may have: {', '.join(known)}" if len(path) == 1 else None)
        problems.error(place, f"'{key}' is not a setting of {noun}", hint)
    elif kind in ("missing", "missing_argument"):
        problems.error(element.place, f"{noun} needs '{key}'")
    else:
        where = ".".join(str(step) for step in path)
        problems.error(place_at(element, path), _sentence(mistake, where))


def _sentence(mistake: ErrorDetails, where: str) -> str:
    prefix = f"'{where}': " if where else ""
    context = mistake.get("ctx", {})
    match mistake["type"]:
        case "value_error":
            return f"{prefix}{context.get('error', mistake['msg'])}"
        case "greater_than_equal" | "greater_than":
            return f"{prefix}must be at least {context.get('ge', context.get('gt'))}"
        case "less_than_equal" | "less_than":
            return f"{prefix}must be at most {context.get('le', context.get('lt'))}"
        case "literal_error" | "enum":
            return f"{prefix}must be {context.get('expected')}"
        case kind:
            return f"{prefix}{_WORDS.get(kind, mistake['msg'].lower())}"
