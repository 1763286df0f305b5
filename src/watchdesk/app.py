"""The one place that knows every concrete class: configuration → plan, and the open store.

It builds in a straight line and runs nothing; `configuration` reads the files, and `service` and the commands
run what is built here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from watchdesk.config import place_of
from watchdesk.config.link_key import LinkKey
from watchdesk.config.network import Network
from watchdesk.config.places import Problem, Problems
from watchdesk.configuration import Configuration
from watchdesk.delivery.channels import ChannelNotBuilt, build_channels
from watchdesk.errors import StorageError
from watchdesk.plan import Configured, Plan
from watchdesk.ports import Channel, Inspected, Store
from watchdesk.rules import SCORE_SCALE

if TYPE_CHECKING:
    import ssl

    from watchdesk.sources import Turns
    from watchdesk.store import SqlStore


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


def fleet_warnings(configuration: Configuration, state_directory: Path) -> Sequence[Problem]:
    """A warning for each channel that is bound to a machine which is not there to send.

    Raises `ConfigurationError` where several machines send, and a channel writes to the disk of any of them.
    """
    settings = configuration.settings
    if settings.storage == "sqlite":
        return ()
    from watchdesk.notices.fleet import bound_to_nobody, on_any_disk, senders_of  # noqa: PLC0415 - heavy
    from watchdesk.store.fleet_hosts import fleet_hosts  # noqa: PLC0415 - SQLAlchemy is heavy

    try:
        senders = senders_of(fleet_hosts(settings.storage, state_directory))
    except StorageError:  # `status` says what is wrong with it
        return ()
    names = sorted(set(senders))
    problems = Problems()
    for name in on_any_disk(settings, senders):
        what = f"the channel '{name}' writes to the disk of whichever of {len(senders)} machines sends"
        hint = f"say which of them is meant: on: {' or '.join(names)}"
        if len(names) < len(senders):
            hint = (
                f"give each of them a name of its own ({', '.join(sorted(senders))}), and say which: on: NAME"
            )
        problems.error(place_of(settings, ("channels", name)), what, hint)
    problems.raise_if_errors()
    for cause in bound_to_nobody(settings, senders) if senders else ():
        what = f"the channel '{cause.channel}' is bound to {cause.on}, and no machine of this name sends"
        hint = f"its deliveries wait until it does; machines that send: {', '.join(names)}"
        problems.warning(place_of(settings, ("channels", cause.channel)), what, hint)
    return problems.warnings


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
        refused_folders=configuration.refused_folders,
        link_key=LinkKey(state_directory),
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


def channel_warnings(configuration: Configuration, channels: Mapping[str, Channel]) -> Sequence[Problem]:
    """A warning for each secret of a channel that can be seen to be of no use; for `check` alone."""
    problems = Problems()
    for name, channel in channels.items():
        for mistake in channel.mistakes() if isinstance(channel, Inspected) else ():
            place = place_of(configuration.settings, ("channels", name))
            problems.warning(
                place, f"channel '{name}': {mistake}", "nothing can be sent to it until it is corrected"
            )
    return problems.warnings


def storage_address(configuration: Configuration, state_directory: Path) -> str:
    """The database's file or address, without its password."""
    from watchdesk.store import Database, database_url  # noqa: PLC0415 - SQLAlchemy is heavy

    url = database_url(configuration.settings.storage, state_directory)
    return (url.database or "") if Database.is_sqlite(url) else url.render_as_string(hide_password=True)


@contextmanager
def open_records(
    configuration: Configuration, state_directory: Path, *, may_begin: bool = True, reads: bool = False
) -> Iterator[Records]:
    """The configuration with its store, closed at the end. Raises `StorageError` if that cannot be used.

    `may_begin`: whether a database is made where there is none; else that raises `NoDatabase`. `reads`:
    nothing is to be written, which also a database that has moved lets one do.
    """
    from watchdesk.store import open_store  # noqa: PLC0415 - SQLAlchemy is heavy

    storage = configuration.settings.storage
    with closing(open_store(storage, state_directory, may_begin=may_begin, reads=reads)) as store:
        yield Records(configuration, store)


@contextmanager
def open_desk(
    configuration: Configuration, state_directory: Path, *, may_begin: bool = True, reads: bool = False
) -> Iterator[Desk]:
    """The plan and its store, closed at the end; all as for `open_records`."""
    with open_records(configuration, state_directory, may_begin=may_begin, reads=reads) as records:
        yield Desk(build_plan(configuration, state_directory), records.store)
