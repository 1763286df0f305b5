"""The channels of watchdesk.yaml → their settings. What a kind's options are, its model says."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from watchdesk.config import document
from watchdesk.config.checking import check
from watchdesk.config.document import Element
from watchdesk.config.places import Place, Problems, did_you_mean
from watchdesk.config.settings import ChannelSettings

LATER_CHANNELS = ("chat",)
"""Kinds that the contract knows and that nothing sends yet."""

_SECRETS = ("password", "secret", "token")


def read_channel(
    name: str, element: Element, kinds: Mapping[str, type[BaseModel]], directory: Path, problems: Problems
) -> ChannelSettings | None:
    """A channel, which is a mapping with exactly one kind; None when it is wrong or nothing sends it yet."""
    known = [*kinds, *LATER_CHANNELS]
    if not isinstance(element, document.Mapping) or len(element.items) != 1:
        problems.error(
            element.place, f"the channel '{name}' has exactly one kind", f"one of: {', '.join(known)}"
        )
        return None
    kind, options = next(iter(element))
    place = element.keys[kind]
    if kind in LATER_CHANNELS:
        _read_later(kind, options, place, problems)
        return None
    if kind not in kinds:
        hint = did_you_mean(kind, known) or f"one of: {', '.join(known)}"
        problems.error(place, f"'{kind}' is not a kind of channel", hint)
        return None
    warn_of_plain_secrets(options, problems)
    model = kinds[kind]
    checked = check(model, _options(model, options), f"a channel of kind {kind}", problems, directory)
    return ChannelSettings(name, kind, checked) if checked else None


def warn_of_plain_secrets(element: Element | None, problems: Problems) -> None:
    """Warns of each secret that stands in the mapping itself, at its key: its value is not shown."""
    if not isinstance(element, document.Mapping):
        return
    for key in _SECRETS:
        value = element.get(key)
        if isinstance(value, document.Scalar) and value.value is not None:
            problems.warning(
                element.keys[key],
                f"the {key} stands here for everyone who may read the file",
                "keep it elsewhere: {credential: NAME}, {env: NAME} or {file: PATH}",
            )


def _read_later(kind: str, options: Element, place: Place, problems: Problems) -> None:
    if isinstance(options, document.Scalar) and isinstance(options.value, str) and "://" in options.value:
        problems.warning(place, f"a channel of kind '{kind}' is accepted and does nothing yet")
    else:
        problems.error(options.place, f"'{kind}': must be an address, such as slack://…")


def _options(model: type[BaseModel], element: Element) -> Element:
    """`files: digests/` is short for `files: {path: digests/}`, for every kind that has a path."""
    if isinstance(element, document.Scalar) and "path" in model.model_fields:
        return document.Mapping({"path": element}, {"path": element.place}, element.place)
    return element
