"""Checks an element of a file against a model, and notes each mistake at its place.

pydantic finds the mistakes; this module puts each where the person who edits the file can see it. The words
are in `sentences`.
"""

import re
from collections.abc import Mapping as AbstractMapping
from collections.abc import Sequence as AbstractSequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar, assert_never, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from watchdesk.config.places import Place, Problems, did_you_mean, nearest
from watchdesk.config.sentences import sentence
from watchdesk.config.yaml_document import Element, Mapping, Scalar, Sequence
from watchdesk.doors import made_once_each

Checked = TypeVar("Checked")
Steps = tuple[int | str, ...]

_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
_ABSENT = ("missing", "missing_argument")


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
        case _:
            assert_never(element)


def says_nothing(element: Element | None) -> bool:
    """Whether it is left out, empty or null."""
    return element is None or (isinstance(element, Scalar) and element.value is None)


def place_at(element: Element, path: AbstractSequence[int | str]) -> Place:
    """The place of the value at `path`, or of the last element on the way to it."""
    return _walk(element, path)[1].place


def check(
    model: type[Checked], element: Element, noun: str, problems: Problems, directory: Path | None = None
) -> Checked | None:
    """The element as the model reads it; None after its mistakes were noted.

    `noun` is what messages call it (`a source`); `directory` is what its files are relative to.
    """
    adapter: TypeAdapter[Checked] = _adapter(cast(Any, model))
    context = {"directory": directory, "files": problems.files}
    try:
        return adapter.validate_python(plain(element), context=context)
    except ValidationError as error:
        _note_all(error.errors(include_url=False), element, noun, _schema(cast(Any, model)), problems)
        return None


@made_once_each
def _adapter(model: Any) -> TypeAdapter[Any]:
    """Made once for each model: making one takes longer than most checks."""
    return TypeAdapter(model)


@made_once_each
def _schema(model: Any) -> AbstractMapping[str, Any]:
    """Made for the first mistake only, and once: many rows may have the same one."""
    return _adapter(model).json_schema()


def _walk(element: Element, path: AbstractSequence[int | str]) -> tuple[Steps, Element]:
    """Follows the path as far as the file goes, without what pydantic adds, such as an arm of a union."""
    walked: list[int | str] = []
    for step in path:
        child = _child(element, step)
        if child is not None:
            element = child
            walked.append(step)
    return tuple(walked), element


def _child(element: Element, step: int | str) -> Element | None:
    match element:
        case Mapping():
            return element.items.get(step) if isinstance(step, str) else None
        case Sequence():
            return element.items[step] if isinstance(step, int) and step < len(element.items) else None
        case Scalar():
            return None
        case _:
            assert_never(element)


def _note_all(
    mistakes: list[ErrorDetails],
    element: Element,
    noun: str,
    schema: AbstractMapping[str, Any],
    problems: Problems,
) -> None:
    unknown = [mistake for mistake in mistakes if mistake["type"] in _UNKNOWN]
    absent = [mistake for mistake in mistakes if mistake["type"] in _ABSENT]
    wrong = [mistake for mistake in mistakes if mistake not in unknown and mistake not in absent]
    meant: set[Steps] = set()
    for mistake in unknown:
        meant.add(_note_unknown(mistake["loc"], element, noun, schema, problems))
    for mistake in absent:
        *path, key = mistake["loc"]
        steps, owner = _walk(element, path)
        if (*steps, key) not in meant:
            problems.error(owner.place, f"{_named(steps, noun)} needs '{key}'")
    standing = [(_walk(element, mistake["loc"])[0], mistake) for mistake in wrong]
    for steps, same in groupby(standing, key=itemgetter(0)):
        if any(steps == other[: len(steps)] and steps != other for other, _ in standing):
            continue  # another arm of a union went further in, and says more
        here = [mistake for _, mistake in same]  # a list is too short when nothing in it could be read
        here = [mistake for mistake in here if mistake["type"] != "too_short"] or here
        words = dict.fromkeys(sentence(mistake, noun) for mistake in here)
        where = f"'{'.'.join(str(step) for step in steps)}': " if steps else ""
        place = _at_word(place_at(element, steps), next(iter(words)))
        problems.error(place, f"{where}{', or '.join(words)}")


def _at_word(place: Place, said: str) -> Place:
    """The place of the word that the message begins with, where it stands once in what follows the place."""
    found = re.match("'(.+?)' cannot be the ", said)
    word = found[1] if found else ""
    rest = place.source[place.column - 1 :].partition("#")[0]
    return replace(place, column=place.column + rest.find(word)) if word and rest.count(word) == 1 else place


def _note_unknown(
    location: Steps, element: Element, noun: str, schema: AbstractMapping[str, Any], problems: Problems
) -> Steps:
    """Notes an unknown key; the path of the key that was probably meant."""
    *path, key = location
    steps, owner = _walk(element, path)
    place = owner.keys.get(str(key), owner.place) if isinstance(owner, Mapping) else owner.place
    known = _known_keys(schema, steps)
    problems.error(
        place,
        f"'{key}' is not a setting of {_named(steps, noun)}",
        did_you_mean(str(key), known) or (f"it may have: {', '.join(known)}" if known else None),
    )
    return (*steps, nearest(str(key), known) or "")


def _named(steps: Steps, noun: str) -> str:
    return f"'{'.'.join(str(step) for step in steps)}' of {noun}" if steps else noun


def _known_keys(schema: AbstractMapping[str, Any], steps: Steps) -> list[str]:
    """The keys that the schema allows at the path."""
    found = [schema]
    for step in steps:
        found = [
            child
            for one in _unfolded(found, schema)
            for child in (
                one.get("properties", {}).get(step),
                one.get("additionalProperties"),
                one.get("items"),
            )
            if isinstance(child, dict)
        ]
    return [key for one in _unfolded(found, schema) for key in one.get("properties", {})]


def _unfolded(
    schemas: list[AbstractMapping[str, Any]], root: AbstractMapping[str, Any]
) -> list[AbstractMapping[str, Any]]:
    """The schemas with their references and alternatives followed."""
    unfolded: list[AbstractMapping[str, Any]] = []
    for one in schemas:
        if "$ref" in one:
            unfolded += _unfolded([root["$defs"][one["$ref"].rpartition("/")[2]]], root)
        elif "anyOf" in one:
            unfolded += _unfolded(one["anyOf"], root)
        else:
            unfolded.append(one)
    return unfolded
