"""Files → `Settings`. Everything that is wrong in any of them is reported at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from watchdesk.config import yaml_document
from watchdesk.config.channels import read_channel
from watchdesk.config.checking import check, place_at, plain
from watchdesk.config.digests import check_digest_channels, read_digest
from watchdesk.config.gc_pause import gc_paused
from watchdesk.config.leftovers import yaml_files
from watchdesk.config.names import SETTINGS_FILE, check_channels, check_name
from watchdesk.config.network_environment import (
    authorities_of_environment,
    proxies_of_environment,
    revealed_proxy,
)
from watchdesk.config.parsing import parse_document, read_text
from watchdesk.config.places import Place, Problems, did_you_mean, without_sources
from watchdesk.config.secrets import Secret, SecretMissing
from watchdesk.config.settings import ArticleSettings, PollingSettings, Settings, TopShape, keys_of
from watchdesk.config.shapes import HeartbeatShape, OperatorsShape
from watchdesk.config.sources_file import read_sources
from watchdesk.config.web_reader import read_web
from watchdesk.config.yaml_document import Element

Part = TypeVar("Part")

_PARTS = ("polling", "articles", "channels", "digests", "operators", "heartbeat", "web")


@gc_paused()
def read_settings(
    directory: Path, problems: Problems, channel_kinds: Mapping[str, type[BaseModel]]
) -> Settings | None:
    """All settings of the directory; None when there are mistakes, which `problems` then holds.

    `channel_kinds`: for each kind of channel the model of its options. Rules are read elsewhere.
    """
    before = len(problems.errors)
    settings = readable_settings(directory, problems, channel_kinds)
    return settings if len(problems.errors) == before else None


def readable_settings(
    directory: Path, problems: Problems, channel_kinds: Mapping[str, type[BaseModel]]
) -> Settings:
    """What can be read of them: a part with a mistake is left out, or the defaults stand for it."""
    top = _top(directory, problems)
    values = _values(top, problems) or TopShape()
    polling = _part(top, "polling", PollingSettings, problems, directory) or PollingSettings()
    articles = _part(top, "articles", ArticleSettings, problems) or ArticleSettings()
    _check_keep(articles, values, top, problems)
    environment = proxies_of_environment(problems)
    proxy = revealed_proxy(polling.proxy, top, ("polling", "proxy"), problems)
    authorities = replace(authorities_of_environment(problems), added=polling.ca)
    _check_intervals(polling, top, problems)
    channels = _named(
        top,
        "channels",
        problems,
        lambda name, part: read_channel(name, part, channel_kinds, directory, environment, problems),
    )
    digests = _named(top, "digests", problems, lambda name, part: read_digest(name, part, problems))
    check_digest_channels(top, digests, _names(top.get("channels")), problems)
    operators = _operators(top, problems)
    heartbeat = _heartbeat(top, directory, problems)
    web = read_web(top, directory, problems)
    sources = read_sources(directory, polling, articles, problems)
    return Settings(
        directory=directory,
        **keys_of(values),
        polling=polling,
        articles=articles,
        channels=channels,
        digests=digests,
        sources=sources,
        proxies=environment.or_chosen(proxy, "polling.proxy"),
        authorities=authorities,
        operators=operators,
        heartbeat=heartbeat,
        web=web,
        present=frozenset(top.keys),
    )


def rule_files(directory: Path) -> Sequence[Path]:
    """The rules files of a configuration directory, by name."""
    return list(yaml_files(directory / "rules", has_folders=True))


def _top(directory: Path, problems: Problems) -> yaml_document.Mapping:
    """The file's mapping; one without keys where it says nothing, or is no mapping."""
    text = read_text(directory / SETTINGS_FILE, problems, SETTINGS_FILE)
    if text is not None and not text.strip():
        hint = "a full disk or a copy that broke off may have left it so; for the defaults alone, write {}"
        problems.error(Place(SETTINGS_FILE, 1, 1), "the file is empty", hint)
    top = parse_document(text or "", SETTINGS_FILE, problems)
    if isinstance(top, yaml_document.Mapping):
        return top
    if top is not None and plain(top) is not None:
        problems.error(top.place, "the file is a mapping of keys to values", "it begins with 'channels:'")
    return yaml_document.nothing(SETTINGS_FILE)


def _values(top: yaml_document.Mapping, problems: Problems) -> TopShape | None:
    """The single values. Notes each key that the file may not have."""
    single = [key.name for key in fields(TopShape)]
    known = [*single, *_PARTS]
    for key, place in top.keys.items():
        if key not in known:
            hint = did_you_mean(key, known) or f"it may have: {', '.join(known)}"
            problems.error(place, f"'{key}' is not a setting of {SETTINGS_FILE}", hint)
    own = {key: value for key, value in top if key in single}
    return check(TopShape, replace(top, items=own), SETTINGS_FILE, problems)


def _part(
    top: yaml_document.Mapping, key: str, model: type[Part], problems: Problems, directory: Path | None = None
) -> Part | None:
    element = top.get(key)
    if element is None or plain(element) is None:
        return None
    return check(model, element, key, problems, directory)


def _named(
    top: yaml_document.Mapping,
    key: str,
    problems: Problems,
    read: Callable[[str, Element], Part | None],
) -> dict[str, Part]:
    """A mapping of names to parts, without those in which mistakes were noted."""
    element = top.get(key)
    if element is None or plain(element) is None:
        return {}
    if not isinstance(element, yaml_document.Mapping):
        problems.error(element.place, f"'{key}' is a mapping of names to {key}")
        return {}
    found = {}
    for name, part in element:
        check_name(name, element.keys[name], problems)
        value = read(name, part)
        if value is not None:
            found[name] = value
    return found


def _names(element: Element | None) -> list[str]:
    return list(element.items) if isinstance(element, yaml_document.Mapping) else []


def _check_keep(
    articles: ArticleSettings, values: TopShape, top: yaml_document.Mapping, problems: Problems
) -> None:
    """A server does not say how many of its pages are in use."""
    if articles.keep.size is not None and values.storage != "sqlite":
        place = place_at(top, ("articles", "keep"))
        problems.error(
            place, "articles: 'keep' has a size, which is for SQLite alone", "leave it out, and choose an age"
        )


def _check_intervals(polling: PollingSettings, top: yaml_document.Mapping, problems: Problems) -> None:
    if not polling.fastest <= polling.every <= polling.slowest:
        place = top.keys.get("polling", top.place)
        problems.error(place, "polling: 'fastest' is at most 'every', and 'every' at most 'slowest'")


def _operators(top: yaml_document.Mapping, problems: Problems) -> tuple[str, ...]:
    """The channels through which the operators are notified."""
    operators = _part(top, "operators", OperatorsShape, problems)
    if operators is None:
        return ()
    check_channels(top, ("operators", "to"), operators.to, _names(top.get("channels")), problems)
    return operators.to


def _heartbeat(top: yaml_document.Mapping, directory: Path, problems: Problems) -> Secret | None:
    """Where the address of the outside watcher is kept. No message quotes its lines: they may hold it."""
    found = Problems()
    heartbeat = _part(top, "heartbeat", HeartbeatShape, found, directory)
    problems.add(without_sources(found))
    if heartbeat is None:
        return None
    try:
        heartbeat.url.look()
    except SecretMissing as missing:
        problems.warning(
            replace(top.keys["heartbeat"], source=""), f"no heartbeat can be sent like this: {missing}"
        )
    return heartbeat.url
