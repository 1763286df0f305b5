"""The one place that knows every concrete class: files → configuration → plan, and the open store.

It reads and builds in a straight line and runs nothing; `service` and the commands run what it built.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from watchdesk.config import (
    check_digest_rules,
    check_languages,
    place_of,
    read_settings,
    refuse_unreadable,
    rule_files,
    warn_of_leftovers,
    warn_without_rules,
)
from watchdesk.config.network import Network
from watchdesk.config.places import Place, Problem, Problems, did_you_mean
from watchdesk.config.settings import Settings
from watchdesk.delivery.channels import ChannelNotBuilt, build_channels, option_models
from watchdesk.digests import LANGUAGES, TEMPLATE_FOLDER, Templates, load_templates
from watchdesk.errors import StorageError
from watchdesk.plan import Configured, Plan
from watchdesk.ports import Channel, Store
from watchdesk.rules import SCORE_SCALE, load_rules

if TYPE_CHECKING:
    import ssl

    from watchdesk.model import Article
    from watchdesk.rules import ExampleFailure
    from watchdesk.sources import Turns
    from watchdesk.store import SqlStore


@dataclass(frozen=True, slots=True)
class Configuration(Configured):
    """The files, read and usable; warnings are for the person who edits them."""

    warnings: tuple[Problem, ...] = field(default=(), kw_only=True)
    files: Mapping[Path, bytes] = field(default_factory=dict, kw_only=True)
    """Fingerprints of those that were read."""


@dataclass(frozen=True, slots=True)
class Records:
    """The configuration and the store: all that commands work with that only look in."""

    configuration: Configuration
    store: Store


@dataclass(frozen=True, slots=True)
class Desk:
    """A plan and a store: all that the service works with, and commands that poll or send."""

    plan: Plan
    store: Store


def read_configuration(
    directory: Path, *, lint: bool = False, state_directory: Path | None = None
) -> Configuration:
    """Reads every file. Raises `ConfigurationError` with everything that is wrong in any of them.

    `lint` adds warnings about what rules say without effect, also by the articles in `state_directory`.
    """
    problems = Problems()
    refuse_unreadable(directory, problems)
    problems.raise_if_errors()  # files in an unreadable folder would seem to be missing below
    settings = read_settings(directory, problems, option_models())
    known = _known_sources(settings)
    if settings and lint and state_directory:
        known["categories"] = _stored_categories(settings, state_directory)
    rules = load_rules(rule_files(directory), problems, root=directory, lint=lint, **known)
    if settings and rules:
        check_digest_rules(settings, {rule.id: rule.tags for rule in rules.rules}, problems)
        check_languages(settings, LANGUAGES, problems)
        if not rules.rules:
            warn_without_rules(settings, problems)
    templates = load_templates(directory, problems.files)
    if settings and lint and (directory / TEMPLATE_FOLDER).is_dir():
        _check_templates(templates, settings, problems)
    if lint:
        warn_of_leftovers(directory, problems)
    problems.raise_if_errors()
    if settings is None or rules is None:
        raise AssertionError("files in which no error was found could not be read")
    read = dict(problems.files.fingerprints)
    return Configuration(settings, rules, warnings=tuple(problems.warnings), templates=templates, files=read)


def _stored_categories(settings: Settings, state_directory: Path) -> Collection[str] | None:
    from watchdesk.store import may_be_database  # noqa: PLC0415 - as below

    if not may_be_database(settings.storage, state_directory):
        return None
    from watchdesk.store import stored_categories  # noqa: PLC0415 - SQLAlchemy is heavy

    return stored_categories(settings.storage, state_directory) or None


def _check_templates(templates: Templates, settings: Settings, problems: Problems) -> None:
    """Notes what goes wrong when the desk's own templates render sample digests."""
    from watchdesk.digests import try_templates  # noqa: PLC0415 - heavy, and only `check` renders samples

    for trouble in try_templates(templates, settings.digests):
        line = templates.line(trouble.file, trouble.line)
        place = Place(
            f"{TEMPLATE_FOLDER}/{trouble.file}", trouble.line, len(line) - len(line.lstrip()) + 1, line
        )
        problems.warning(place, trouble.reason, trouble.outcome)
    for stray in sorted((settings.directory / TEMPLATE_FOLDER).rglob("*")):
        if stray.is_file() and ".j2" not in stray.name.lower() and not stray.name.startswith((".", "#")):
            name = stray.relative_to(settings.directory).as_posix()
            problems.warning(Place(name, 1, 1), "this is no template: the name of one ends in .j2")
    for name in templates.unused(settings.digests):
        place = Place(f"{TEMPLATE_FOLDER}/{name}", 1, 1, templates.line(name, 1))
        known = [f"{digest}.html.j2" for digest in (*settings.digests, "digest", "notice")]
        problems.warning(
            place, "no digest has this name, and no template includes it", did_you_mean(name, known)
        )


def threshold_warnings(
    configuration: Configuration, state_directory: Path, now: datetime
) -> Sequence[Problem]:
    """A warning for each `at_least` from before scores went from 0 to 1, the first time that one asks."""
    from watchdesk.store import may_be_database  # noqa: PLC0415 - as below

    if not may_be_database(configuration.settings.storage, state_directory):
        return ()
    from watchdesk.notices.rules import would_drop  # noqa: PLC0415 - with SQLAlchemy, heavy; for `check` alone
    from watchdesk.remembered import remember  # noqa: PLC0415
    from watchdesk.reporting import old_thresholds  # noqa: PLC0415
    from watchdesk.store import existing_store  # noqa: PLC0415

    problems = Problems()
    rules = configuration.rules
    with existing_store(configuration.settings.storage, state_directory) as store:
        try:
            for old in old_thresholds(rules, store, now) if store else ():
                if store and not old.shown:
                    place = next(rule.place for rule in rules.rules if rule.id == old.rule)
                    before = f"`at_least: {old.at_least:g}` is from before scores went from 0 to 1"
                    problems.warning(place, f"{before}: {would_drop(old)}", SCORE_SCALE)
                    remember(store, replace(old, shown=True))
        except StorageError:  # `status` says what is wrong with it
            return ()
    return problems.warnings


def failed_examples(configuration: Configuration, now: datetime) -> "tuple[ExampleFailure, ...]":
    """The rules' examples that fail."""
    from watchdesk.rules import check_examples  # noqa: PLC0415 - a command that only looks in tries none

    return check_examples(configuration.rules, _read_example, now)


def _read_example(path: Path, now: datetime) -> "Article":
    from watchdesk.articles import read_file  # noqa: PLC0415 - reading pages is heavy
    from watchdesk.model import Source  # noqa: PLC0415

    return read_file(path, Source(id="example", url=""), now)


def read_proven_configuration(directory: Path, now: datetime) -> Configuration:
    """As `read_configuration`, and every example of every rule passes: what the service needs.

    Raises `ConfigurationError` with each example that fails.
    """
    configuration = read_configuration(directory)
    problems = Problems()
    problems.files.fingerprints.update(configuration.files)
    for failure in failed_examples(configuration, now):
        problems.error(failure.place, failure.sentence, f"because: {failure.because}")
    problems.raise_if_errors()
    return configuration


def _known_sources(settings: Settings | None) -> dict[str, Collection[str] | None]:
    """What rules may name in `sources`; None if the settings cannot be read."""
    if settings is None:
        return {"source_ids": None, "source_tags": None}
    sources = settings.sources.values()
    return {
        "source_ids": frozenset(settings.sources),
        "source_tags": frozenset(tag for source in sources for tag in source.tags),
    }


def build_plan(
    configuration: Configuration,
    state_directory: Path,
    turns: "Turns | None" = None,
    trust: "ssl.SSLContext | None" = None,
) -> Plan:
    """The parts that the configuration asks for; nothing runs or connects yet.

    `turns`: where requests get theirs; limits of its own when left out. `trust`: the trusted authorities,
    loaded already. Raises `ConfigurationError` if a
    channel cannot be made, for whatever reason.
    """
    from watchdesk.polling.collecting import READ_HERE  # noqa: PLC0415 - what polls is heavy
    from watchdesk.sources import HttpFetcher  # noqa: PLC0415
    from watchdesk.transport.trust import trust_store  # noqa: PLC0415

    settings = configuration.settings
    network = Network(settings.proxies, settings.authorities)
    trust = trust or trust_store(settings.authorities)
    return Plan(
        settings,
        configuration.rules,
        HttpFetcher(settings.polling, settings.contact, turns, network=network, trust=trust),
        channels_of(configuration, state_directory, trust),
        READ_HERE,
        templates=configuration.templates,
    )


def polling_plan(
    configuration: Configuration, trust: "ssl.SSLContext | None" = None
) -> "Callable[[Turns], Plan]":
    """What makes the plan of a process that polls and sends nothing; all but its fetcher is made now.

    `trust`: as for `build_plan`.
    """
    from watchdesk.polling.collecting import READ_HERE  # noqa: PLC0415 - what polls is heavy
    from watchdesk.sources import HttpFetcher  # noqa: PLC0415
    from watchdesk.transport.trust import trust_store  # noqa: PLC0415

    settings, rules = configuration.settings, configuration.rules
    network = Network(settings.proxies, settings.authorities)
    authorities = trust or trust_store(settings.authorities)

    def plan(turns: "Turns") -> Plan:
        fetcher = HttpFetcher(settings.polling, settings.contact, turns, network=network, trust=authorities)
        return Plan(settings, rules, fetcher, {}, READ_HERE)

    return plan


def store_beside(configuration: Configured, state_directory: Path) -> "Callable[[], SqlStore]":
    """What opens the store beside the process that writes it."""
    from watchdesk.store import open_beside  # noqa: PLC0415 - SQLAlchemy is heavy

    storage = configuration.settings.storage
    return lambda: open_beside(storage, state_directory)


def reading_store(
    configured: Configured, state_directory: Path, connections: int
) -> "Callable[[], SqlStore]":
    """What opens the store to read alone, with so many connections at most."""
    from watchdesk.store import open_to_read  # noqa: PLC0415 - SQLAlchemy is heavy

    storage = configured.settings.storage
    return lambda: open_to_read(storage, state_directory, connections)


def channels_of(
    configuration: Configuration, state_directory: Path, trust: "ssl.SSLContext | None" = None
) -> Mapping[str, Channel]:
    """The channels by name; nothing is connected yet. `trust`: the trusted authorities, loaded already.

    Raises `ConfigurationError` if one cannot be made.
    """
    settings, problems = configuration.settings, Problems()
    built: dict[str, Channel] = {}
    for channel in settings.channels.values():
        try:
            built |= build_channels([channel], state_directory, settings.authorities, trust)
        except ChannelNotBuilt as failed:
            what = f"the channel '{channel.name}' cannot be made: {failed.reason}"
            hint = f"correct its options, or ask whoever made the kind '{channel.kind}'"
            problems.error(place_of(settings, ("channels", channel.name)), what, hint)
    problems.raise_if_errors()
    return built


def storage_address(configuration: Configuration, state_directory: Path) -> str:
    """The database's file or address, without its password."""
    from watchdesk.store import Database, database_url  # noqa: PLC0415 - SQLAlchemy is heavy

    url = database_url(configuration.settings.storage, state_directory)
    return (url.database or "") if Database.is_sqlite(url) else url.render_as_string(hide_password=True)


@contextmanager
def open_records(
    configuration: Configuration, state_directory: Path, *, may_begin: bool = True
) -> Iterator[Records]:
    """The configuration with its store, closed at the end. Raises `StorageError` if that cannot be used.

    `may_begin`: whether a database is made where there is none; else that raises `NoDatabase`.
    """
    from watchdesk.store import open_store  # noqa: PLC0415 - SQLAlchemy is heavy

    storage = configuration.settings.storage
    with closing(open_store(storage, state_directory, may_begin=may_begin)) as store:
        yield Records(configuration, store)


@contextmanager
def open_desk(
    configuration: Configuration, state_directory: Path, *, may_begin: bool = True
) -> Iterator[Desk]:
    """The plan and its store, closed at the end. Raises `StorageError` as `open_records` does."""
    with open_records(configuration, state_directory, may_begin=may_begin) as records:
        yield Desk(build_plan(configuration, state_directory), records.store)
