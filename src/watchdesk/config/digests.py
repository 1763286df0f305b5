"""The digests of watchdesk.yaml → their settings; checks that what they name exists."""

from collections.abc import Collection, Mapping, Sequence

from watchdesk.config import yaml_document
from watchdesk.config.checking import check, place_at, plain
from watchdesk.config.names import SETTINGS_FILE, check_channels
from watchdesk.config.parsing import read_document
from watchdesk.config.places import Place, Problems, did_you_mean
from watchdesk.config.settings import OPERATORS, DigestSettings, DigestShape, Settings, Updates
from watchdesk.config.yaml_document import Element


def read_digest(name: str, element: Element, problems: Problems) -> DigestSettings | None:
    """The digest; None after its mistakes were noted."""
    if name == OPERATORS:
        problems.error(
            element.place, f"'{OPERATORS}' is the name of the service's own notices; choose another"
        )
    shape = check(DigestShape, element, "a digest", problems)
    if shape is None:
        return None
    _check_schedule(shape, element, problems)
    return DigestSettings.of(name, shape)


def check_digest_channels(
    top: yaml_document.Mapping,
    digests: Mapping[str, DigestSettings],
    named: Sequence[str],
    problems: Problems,
) -> None:
    """Notes channels that digests ask for and the file does not have. `named`: those that it has."""
    for digest in digests.values():
        check_channels(top, ("digests", digest.name, "to"), digest.to, named, problems)
        if digest.owner:
            check_channels(top, ("digests", digest.name, "owner"), digest.owner, named, problems)


def check_digest_rules(
    settings: Settings, rules: Mapping[str, frozenset[str]], problems: Problems, *, may_come: bool = False
) -> None:
    """Notes rules and tags that digests ask for and that do not exist. `rules`: rule id → tags.

    `may_come`: there are others, which cannot be read now; so it is no more than a warning.
    """
    note = problems.warning if may_come else problems.error
    tags = sorted({f"tag:{tag}" for of_rule in rules.values() for tag in of_rule})
    known = [*rules, *tags]
    for digest in settings.digests.values():
        for number, wanted in enumerate(digest.rules):
            if wanted != "all" and wanted not in known:
                place = place_of(settings, ("digests", digest.name, "rules", number))
                hint = did_you_mean(wanted, known) or "give rule ids, tag:NAME, or all"
                hint = "it may be one of a folder that cannot be used now" if may_come else hint
                what = "no rule has the tag" if wanted.startswith("tag:") else "there is no rule"
                note(place, f"{what} '{wanted.removeprefix('tag:')}'", hint)


def check_languages(settings: Settings, spoken: Collection[str], problems: Problems) -> None:
    """Warns of languages in which digests have no words."""
    asked: list[tuple[tuple[str, ...], str | None]] = [(("language",), settings.language)]
    asked += [(("digests", d.name, "language"), d.language) for d in settings.digests.values()]
    for path, language in asked:
        if language and language not in spoken:
            what = f"digests have no words in '{language}' yet; theirs will be English"
            problems.warning(place_of(settings, path), what, f"there are: {', '.join(sorted(spoken))}")


def warn_without_rules(settings: Settings, problems: Problems) -> None:
    """Warns where there are digests and no rules, as when a folder has vanished."""
    if settings.digests:
        what = "there are digests, and no rule in rules/*.yaml: nothing will be found"
        problems.warning(place_of(settings, ("digests",)), what)


def place_of(settings: Settings, path: Sequence[int | str]) -> Place:
    """The place of a value in the file, which is read again for it: this is needed only for messages."""
    top = read_document(settings.directory / SETTINGS_FILE, Problems(), SETTINGS_FILE)
    return place_at(top, path) if top is not None else Place(SETTINGS_FILE, 1, 1)


def _check_schedule(shape: DigestShape, element: Element, problems: Problems) -> None:
    """Notes settings that do nothing beside this kind of `at`."""
    if not isinstance(element, yaml_document.Mapping):
        return
    if shape.spike is not None:
        _check_spike(shape, element, problems)
    if shape.schedule is None:
        if shape.when_empty == "send":
            what = "'when_empty' belongs to a schedule; this digest goes out only when there is something"
            problems.warning(element.keys["when_empty"], what)
        return
    if plain(element.get("gather")) is not None:
        what = "'gather' belongs to 'at: once' and to spikes; a schedule gathers until its time comes"
        problems.error(element.keys["gather"], what)
    if shape.quiet is not None:
        what = "'quiet' belongs to 'at: once' and to spikes; a schedule says itself when it goes out"
        problems.error(element.keys["quiet"], what)


def _check_spike(shape: DigestShape, element: yaml_document.Mapping, problems: Problems) -> None:
    """Notes what a digest of spikes cannot ask of stories: it reports how much its rules found."""
    hint = "give the rules a second digest, with 'at: once' or a schedule, that asks it"
    if shape.only is not None:
        what = "'only' belongs to 'at: once' and to schedules; a spike counts articles, whoever tells them"
        problems.error(element.keys["only"], what, hint)
    if shape.updates is Updates.HOLD:
        what = "'updates: hold' belongs to 'at: once' and to schedules; a spike is news by itself"
        problems.error(element.keys["updates"], what, hint)
