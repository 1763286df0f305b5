"""The examples of one rule of a rules file: YAML → `Example`.

`rules.examples` checks that the rule behaves as they say.
"""

from dataclasses import dataclass
from pathlib import Path

from watchdesk.config import yaml_document
from watchdesk.config.places import Problems
from watchdesk.config.yaml_document import Element, Scalar
from watchdesk.rules.language.elements import as_items, as_mapping, as_text, check_keys
from watchdesk.rules.rule import Example

_KEYS = ("title", "text", "language", "source", "file")


@dataclass(frozen=True, slots=True)
class Examples:
    """Articles that a rule should match, and articles it should not."""

    matches: tuple[Example, ...] = ()
    ignores: tuple[Example, ...] = ()


def read_examples(element: Element | None, directory: Path, problems: Problems) -> Examples:
    """The examples. Their files are in `directory`."""
    examples = as_mapping(element, "examples", problems)
    if examples is None:
        return Examples()
    check_keys(examples, ("matches", "ignores"), "examples", problems)
    matches, ignores = (
        tuple(
            example
            for item in as_items(examples.get(key), key, problems)
            if (example := _example(item, directory, problems)) is not None
        )
        for key in ("matches", "ignores")
    )
    return Examples(matches, ignores)


def _example(item: Element, directory: Path, problems: Problems) -> Example | None:
    if isinstance(item, Scalar):
        text = as_text(item, "example", problems)
        return Example(item.place, text=text) if text else None
    mapping = as_mapping(item, "an example", problems)
    if mapping is None:
        return None
    check_keys(mapping, _KEYS, "an example", problems)
    texts = {key: as_text(mapping.get(key), key, problems) for key in _KEYS}
    file = _file(mapping, texts["file"], directory, problems)
    if not (texts["title"] or texts["text"] or texts["file"]):
        problems.error(mapping.place, "this example is empty", "give it a title, a text or a file")
        return None
    return Example(
        mapping.place,
        texts["title"] or "",
        texts["text"] or "",
        texts["language"],
        texts["source"],
        file,
    )


def _file(
    mapping: yaml_document.Mapping, name: str | None, directory: Path, problems: Problems
) -> Path | None:
    if name is None:
        return None
    element = mapping.items["file"]
    if mapping.get("text") or mapping.get("title"):
        problems.error(element.place, "a file is a whole article: leave title and text out", None)
    path = directory / name
    problems.files.note(path)
    try:
        is_file = path.is_file()
    except OSError as error:
        problems.error(element.place, f"{name} cannot be read: {error.strerror}")
    else:
        if not is_file:
            problems.error(element.place, f"there is no file {name} beside this rules file")
    return path
