"""The channels of watchdesk.yaml → their settings. The options of a kind are declared by its model."""

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

from pydantic import BaseModel

from watchdesk.config import yaml_document
from watchdesk.config.checking import check, plain
from watchdesk.config.network import Proxies
from watchdesk.config.network_environment import revealed_proxy
from watchdesk.config.places import Problems, did_you_mean
from watchdesk.config.secret_names import is_secret_setting
from watchdesk.config.secrets import Secret, SecretMissing, is_reference
from watchdesk.config.settings import ChannelSettings, ChannelShape, keys_of
from watchdesk.config.yaml_document import Element

ON_DISK = ("files", "maildir", "atom")
"""Kinds that write to a disk of the machine that sends."""
_WITHOUT_HTTP = ("email", *ON_DISK)
_STANDS_ALONE = ("path", "address")
_SHARED = tuple(key.name for key in fields(ChannelShape))


def read_channel(
    name: str,
    element: Element,
    kinds: Mapping[str, type[BaseModel]],
    directory: Path,
    environment: Proxies,
    problems: Problems,
) -> ChannelSettings | None:
    """A channel: a mapping with exactly one kind and the options of every channel; None when it is wrong.

    `environment`: the proxies of a channel that names none.
    """
    kind = _kind(name, element, list(kinds), problems)
    if kind is None or not isinstance(element, yaml_document.Mapping):
        return None
    options = element.items[kind]
    beside = {key: value for key, value in element if key != kind}
    others = replace(element, items=beside)
    shared = check(ChannelShape, others, "a channel", problems, directory)
    model = kinds[kind]
    options = _in_full(model, options)
    warn_of_plain_secrets(options, problems)
    checked = _checked_options(kind, model, options, directory, problems)
    if checked is None or shared is None:
        return None
    _warn_of_missing_secrets(checked, options, problems)
    if shared.proxy and kind in _WITHOUT_HTTP:
        problems.error(
            element.keys["proxy"],
            f"'proxy' is for channels that speak HTTP, and a channel of kind {kind} does not",
            "take it away",
        )
    proxy = revealed_proxy(shared.proxy, element, ("proxy",), problems)
    proxies = environment.or_chosen(proxy, f"the proxy of channels.{name}")
    return ChannelSettings(name, kind, checked, proxies, **keys_of(shared))


def _checked_options(
    kind: str, model: type[BaseModel], options: Element, directory: Path, problems: Problems
) -> BaseModel | None:
    try:
        return check(model, options, f"a channel of kind {kind}", problems, directory)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a third party's model may raise anything
        said = " ".join(str(error).split())[:300]
        what = (
            f"the options of '{kind}' cannot be checked: {type(error).__name__}{': ' if said else ''}{said}"
        )
        problems.error(options.place, what, f"ask whoever made the kind '{kind}'")
        return None


def warn_of_plain_secrets(element: Element | None, problems: Problems) -> None:
    """Warns of each secret that is written in the file itself, at its key; its value is not shown."""
    if not isinstance(element, yaml_document.Mapping):
        return
    for key in filter(is_secret_setting, element.items):
        value = element.get(key)
        values = value.items if isinstance(value, yaml_document.Sequence) else (value,)
        if any(isinstance(one, yaml_document.Scalar) and one.value is not None for one in values):
            problems.warning(
                element.keys[key],
                f"the {key} stands here for everyone who may read the file",
                "keep it elsewhere: {credential: NAME}, {env: NAME} or {file: PATH}",
            )


def _warn_of_missing_secrets(checked: BaseModel, options: Element, problems: Problems) -> None:
    """Warns of each secret that is not there."""
    for key, value in checked:
        for secret in value if isinstance(value, tuple) else (value,):
            if not isinstance(secret, Secret):
                continue
            try:
                secret.look()
            except SecretMissing as missing:
                keys = options.keys if isinstance(options, yaml_document.Mapping) else {}
                problems.warning(keys.get(key, options.place), f"nothing can be sent like this: {missing}")


def _kind(name: str, element: Element, kinds: list[str], problems: Problems) -> str | None:
    """The channel's one kind; None after an error was noted for none or for several."""
    one_of = f"one of: {', '.join(kinds)}"
    items = element.items if isinstance(element, yaml_document.Mapping) else ()
    given = [key for key in items if key in kinds]
    other = [key for key in items if key not in kinds and key not in _SHARED]
    if len(given) == 1:
        return given[0]
    if not given and len(other) == 1 and isinstance(element, yaml_document.Mapping):
        hint = did_you_mean(other[0], kinds) or f"{one_of}; one of another package's has to be installed here"
        problems.error(element.keys[other[0]], f"'{other[0]}' is not a kind of channel", hint)
    else:
        problems.error(element.place, f"the channel '{name}' has exactly one kind", one_of)
    return None


def short_for(model: type[BaseModel]) -> str | None:
    """The option that may stand for all of them: `files: digests/` is short for `files: {path: digests/}`."""
    return next((key for key in _STANDS_ALONE if key in model.model_fields), None)


def _in_full(model: type[BaseModel], element: Element) -> Element:
    short = short_for(model)
    if short is None or (isinstance(element, yaml_document.Mapping) and not is_reference(plain(element))):
        return element
    return yaml_document.Mapping({short: element}, {short: element.start}, element.start, element.source)
