"""The text of configuration files without the secrets that stand in it, for copies that others may see.

A secret of which a setting may say where it is kept becomes `{env: NAME}`. In an address of which only a part
is secret, that part becomes REMOVED. Comments are not looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from watchdesk.config import yaml_document
from watchdesk.config.parsing import parse_document
from watchdesk.config.places import Problems
from watchdesk.config.secret_names import is_secret_setting
from watchdesk.config.shown_address import SECRET_PARAMETER
from watchdesk.config.yaml_document import Element, Scalar
from watchdesk.config.yaml_text import quoted

_REFERENCES = ("credential", "env", "file", "command")
"""They say where a secret is kept."""
_RANDOM = re.compile(r"(?<=/)(?=[^/?#]*\d)(?=[^/?#]*[A-Za-z])[\w-]{16,}(?=[/?#]|$)", re.ASCII)
"""A part of the address of a webhook that nobody is to guess."""
_LOGIN = re.compile(r"(://[^/\s?#:@]*:)([^/\s?#@]+)(?=@)")
GONE = "REMOVED"


@dataclass(frozen=True, slots=True)
class Removed:
    """A secret that was taken out."""

    place: str
    """File and line, as `watchdesk.yaml:12`."""
    setting: str
    """Such as `channels.desk.email.password`."""
    variable: str | None
    """The variable of the environment that is to have it; None: it has to be written there again."""


class Unreadable(ValueError):
    """The text is no YAML document, so nobody knows what in it is secret."""


def without_secrets(text: str, name: str) -> tuple[str, list[Removed]]:
    """The text, and what was taken out of it. Raises `Unreadable`."""
    bare = text.removeprefix("\ufeff")
    problems = Problems()
    top = parse_document(bare, name, problems)
    if top is None and problems.errors:
        raise Unreadable(name)
    lines = bare.splitlines(keepends=True)
    removed: list[Removed] = []
    found = sorted(scalars(top), key=lambda one: (one[1].start.line, one[1].start.column))
    for path, scalar in reversed(found):  # from the end on, so that places before it hold
        instead, variable = _instead(path, scalar)
        if instead is not None:
            _replace(lines, scalar, instead)
            place = f"{name}:{scalar.start.line + 1}"
            removed.append(Removed(place, ".".join(path), variable))
    return text[: len(text) - len(bare)] + "".join(lines), removed[::-1]


def without_secret_addresses(text: str) -> tuple[str, int]:
    """The text of a list of addresses, such as OPML, without what is secret; how many secrets there were."""
    text, logins = _LOGIN.subn(rf"\g<1>{GONE}", text)
    text, parameters = SECRET_PARAMETER.subn(rf"\g<1>{GONE}", text)
    return text, logins + parameters


def scalars(element: Element | None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Scalar]]:
    """Every value of a document with its path: keys, and numbers in lists, from 1 on."""
    match element:
        case yaml_document.Scalar():
            yield path, element
        case yaml_document.Sequence():
            for number, item in enumerate(element.items, 1):
                yield from scalars(item, (*path, str(number)))
        case yaml_document.Mapping():
            for key, value in element:
                yield from scalars(value, (*path, key))
        case None:
            pass
        case _:
            assert_never(element)


def _instead(path: tuple[str, ...], scalar: Scalar) -> tuple[str | None, str | None]:
    """What is to stand there, and the variable that it names; None where there is no secret."""
    if scalar.value is None or not isinstance(scalar.value, str | int | float):
        return None, None
    names = [part.lower() for part in path if not part.isdigit()]
    key, above = names[-1] if names else "", names[-2] if len(names) > 1 else ""
    is_secret = key not in _REFERENCES and is_secret_setting(key)
    is_secret = is_secret or (above == "heartbeat" and key == "url")
    if key == "proxy" and "@" in scalar.text:
        is_secret = True
    if above == "headers" and is_secret:  # which cannot be kept elsewhere
        return GONE, None
    if is_secret:
        variable = _variable(path)
        return f"{{env: {variable}}}", variable
    masked, times = without_secret_addresses(scalar.text)
    if (above, key) == ("webhook", "url"):
        masked, parts = _RANDOM.subn(GONE, masked)
        times += parts
    return (quoted(masked), None) if times else (None, None)


def _variable(path: tuple[str, ...]) -> str:
    parts = path[1:] if len(path) > 1 and path[0] in ("channels", "sources") else path
    return "WATCHDESK_" + re.sub(r"[^A-Z0-9]+", "_", "_".join(parts).upper()).strip("_")


def _replace(lines: list[str], scalar: Scalar, instead: str) -> None:
    first, last = scalar.start.line, scalar.end.line
    end_column = scalar.end.column
    if last >= len(lines):
        last, end_column = len(lines) - 1, len(lines[-1])
    before, after = lines[first][: scalar.start.column], lines[last][end_column:]
    line_break = "\n" if scalar.is_block and end_column == 0 else ""
    lines[first : last + 1] = [before + instead + line_break + after]
