"""Files → `Settings`, with everything that is wrong in any of them told at once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from watchdesk.config import document
from watchdesk.config.checking import check, place_at, plain
from watchdesk.config.document import Element, read_document
from watchdesk.config.names import check_name, check_references
from watchdesk.config.places import Place, Problems, did_you_mean
from watchdesk.config.settings import (
    ArticleSettings,
    ChannelSettings,
    DigestSettings,
    PollingSettings,
    QuietHours,
    Settings,
)
from watchdesk.config.shapes import DigestShape, OperatorsShape, TopShape, WebShape
from watchdesk.config.sources_file import read_sources
from watchdesk.config.values import parse_clock

Part = TypeVar("Part")

SETTINGS_FILE = "watchdesk.yaml"
LATER_CHANNELS = ("chat",)
_PARTS = ("polling", "articles", "channels", "digests", "operators", "web")
_NOTHING_YET = "is accepted and does nothing yet"


def read_settings(
    directory: Path, problems: Problems, channel_kinds: Mapping[str, type[BaseModel]]
) -> Settings | None:
    """All settings of the directory; None when there are mistakes, which `problems` then holds.

    `channel_kinds`: for each kind of channel the model of its options. Rules are read elsewhere.
    """
    before = len(problems.errors)
    top = _top(directory, problems)
    polling = _part(top, "polling", PollingSettings, problems) or PollingSettings()
    article_settings = _part(top, "articles", ArticleSettings, problems) or ArticleSettings()
    _check_paces(polling, top, problems)
    channels = _named(
        top, "channels", problems, lambda name, part: _channel(name, part, channel_kinds, problems)
    )
    digests = _named(top, "digests", problems, lambda name, part: _digest(name, part, problems))
    _accept_later(top, problems)
    sources = read_sources(directory, polling, article_settings, problems)
    values = _values(top, problems) or TopShape()
    if isinstance(top, document.Mapping):
        check_references(top, digests, _names(top.get("channels")), problems)
    if len(problems.errors) > before:
        return None
    return Settings(
        directory=directory,
        timezone=values.timezone,
        language=values.language,
        storage=values.storage,
        contact=values.contact,
        polling=polling,
        articles=article_settings,
        channels=channels,
        digests=digests,
        sources=sources,
    )


def rule_files(directory: Path) -> Sequence[Path]:
    """The rules files of a configuration directory, by name."""
    folder = directory / "rules"
    return sorted(path for path in folder.glob("*") if path.suffix in (".yaml", ".yml") and path.is_file())


def check_digest_rules(settings: Settings, rules: Mapping[str, frozenset[str]], problems: Problems) -> None:
    """Notes what digests ask for and no rule is. `rules`: for each rule id its tags."""
    known = [*rules, *(f"tag:{tag}" for tag in sorted({tag for tags in rules.values() for tag in tags}))]
    top = read_document(settings.directory / SETTINGS_FILE, Problems(), SETTINGS_FILE)
    for digest in settings.digests.values():
        for number, wanted in enumerate(digest.rules):
            if wanted != "all" and wanted not in known:
                place = Place(SETTINGS_FILE, 1, 1)
                if top is not None:
                    place = place_at(top, ("digests", digest.name, "rules", number))
                hint = did_you_mean(wanted, known) or "give rule ids, tag:NAME, or all"
                problems.error(place, f"no rule is '{wanted}'", hint)


def _top(directory: Path, problems: Problems) -> Element | None:
    top = read_document(directory / SETTINGS_FILE, problems, SETTINGS_FILE)
    if top is not None and not isinstance(top, document.Mapping):
        problems.error(top.place, "the file is a mapping of keys to values")
        return None
    return top


def _values(top: Element | None, problems: Problems) -> TopShape | None:
    """The single values; a key that is none of the file's is told here."""
    if not isinstance(top, document.Mapping):
        return None
    known = [*TopShape.model_fields, *_PARTS]
    for key, place in top.keys.items():
        if key not in known:
            hint = did_you_mean(key, known) or f"it may have: {', '.join(known)}"
            problems.error(place, f"'{key}' is not a setting of {SETTINGS_FILE}", hint)
    own = {key: value for key, value in top if key in TopShape.model_fields}
    return check(TopShape, document.Mapping(own, top.keys, top.place), SETTINGS_FILE, problems)


def _part(top: Element | None, key: str, model: type[Part], problems: Problems) -> Part | None:
    element = top.get(key) if isinstance(top, document.Mapping) else None
    return None if element is None or plain(element) is None else check(model, element, key, problems)


def _named(
    top: Element | None,
    key: str,
    problems: Problems,
    read: Callable[[str, Element], Part | None],
) -> dict[str, Part]:
    """A mapping of names to parts; a part with mistakes is left out, after they were noted."""
    element = top.get(key) if isinstance(top, document.Mapping) else None
    if element is None or plain(element) is None:
        return {}
    if not isinstance(element, document.Mapping):
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
    return list(element.items) if isinstance(element, document.Mapping) else []


def _channel(
    name: str, element: Element, kinds: Mapping[str, type[BaseModel]], problems: Problems
) -> ChannelSettings | None:
    known = [*kinds, *LATER_CHANNELS]
    if not isinstance(element, document.Mapping) or len(element.items) != 1:
        kinds_text = ", ".join(known)
        problems.error(element.place, f"the channel '{name}' has exactly one kind", f"one of: {kinds_text}")
        return None
    kind, options = next(iter(element))
    place = element.keys[kind]
    if kind in LATER_CHANNELS:
        problems.warning(place, f"a channel of kind '{kind}' {_NOTHING_YET}")
        return None
    if kind not in kinds:
        hint = did_you_mean(kind, known) or f"one of: {', '.join(known)}"
        problems.error(place, f"'{kind}' is not a kind of channel", hint)
        return None
    _warn_of_plain_secrets(options, problems)
    checked = check(kinds[kind], _options(kind, options), f"a channel of kind {kind}", problems)
    return ChannelSettings(name, kind, checked) if checked else None


def _options(kind: str, element: Element) -> Element:
    """`files: digests/` is short for `files: {path: digests/}`, with the kind's first key."""
    if isinstance(element, document.Scalar) and kind in ("files", "maildir"):
        return document.Mapping({"path": element}, {"path": element.place}, element.place)
    return element


def _warn_of_plain_secrets(element: Element, problems: Problems) -> None:
    if not isinstance(element, document.Mapping):
        return
    for key in ("password", "secret"):
        value = element.get(key)
        if isinstance(value, document.Scalar):
            problems.warning(
                value.place,
                f"'{key}' stands here for everyone who may read the file",
                "keep it elsewhere: {credential: NAME}, {env: NAME} or {file: PATH}",
            )


def _digest(name: str, element: Element, problems: Problems) -> DigestSettings | None:
    shape = check(DigestShape, element, "a digest", problems)
    if shape is None:
        return None
    quiet = None
    if shape.quiet:
        start, _, end = shape.quiet.partition("-")
        quiet = QuietHours(parse_clock(start), parse_clock(end))
    return DigestSettings(
        name=name,
        title=shape.title or name.replace("-", " ").capitalize(),
        rules=("all",) if shape.rules == "all" else shape.rules,
        to=shape.to,
        schedule=None if shape.at == "once" else shape.at,
        gather=shape.gather or timedelta(0),
        quiet=quiet,
        when_empty_send=shape.when_empty == "send",
        most=shape.most,
    )


def _check_paces(polling: PollingSettings, top: Element | None, problems: Problems) -> None:
    if not polling.fastest <= polling.every <= polling.slowest and top is not None:
        place = place_at(top, ("polling",))
        problems.error(place, "polling: 'fastest' is at most 'every', and 'every' at most 'slowest'")


def _accept_later(top: Element | None, problems: Problems) -> None:
    """Parts of the contract that do nothing yet: read, checked, and said so."""
    later: dict[str, type[Any]] = {"operators": OperatorsShape, "web": WebShape}
    for key, shape in later.items():
        if isinstance(top, document.Mapping) and _part(top, key, shape, problems):
            problems.warning(top.keys[key], f"'{key}' {_NOTHING_YET}")
