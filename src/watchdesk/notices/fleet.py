"""Machines that share a desk's work: those that cannot reach the web, and those with other files. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from watchdesk.config.channels import ON_DISK
from watchdesk.config.settings import Settings
from watchdesk.config.shown_address import shown_address
from watchdesk.model import Trouble
from watchdesk.model.hosts import FleetHost, cut_off
from watchdesk.notices import subjects
from watchdesk.notices.wording import clock, in_a_sentence

RELOADING = timedelta(minutes=5)
"""Machines that are given other files reload them one after the other; later than that, one was forgotten."""
PASSING = timedelta(minutes=1)
"""What cuts a machine off for less is over before anybody has looked."""
JOINING = timedelta(minutes=2)
"""Machines of a fleet that begins start one after the other."""
FILES_DIFFER = "files-differ"
"""The key of `FilesDiffer`."""


@dataclass(frozen=True, slots=True)
class FilesDiffer:
    """Machines of one version go by files that say different things."""

    files: tuple[tuple[str, str], ...]
    """Each machine, and the mark of its files."""


@dataclass(frozen=True, slots=True)
class MachineCutOff:
    """A machine reaches no site, while others do."""

    name: str
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class NobodyPolls:
    """Machines work, and none of them polls."""

    machines: tuple[str, ...]
    """Each with its role."""


@dataclass(frozen=True, slots=True)
class NobodySends:
    """Machines work, and none of them composes and sends digests: nor does the outbox send notices."""

    machines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NobodySendsTo:
    """A channel is bound to a machine that is not there, or does not send."""

    channel: str
    on: str
    senders: tuple[str, ...]
    """The machines that do send."""


WorkMissing: TypeAlias = NobodyPolls | NobodySends | NobodySendsTo
FleetCause: TypeAlias = FilesDiffer | MachineCutOff | WorkMissing


def fleet_causes(hosts: Sequence[FleetHost], *, told_of_files: bool = False) -> Iterator[FleetCause]:
    """`told_of_files`: the operators know that files differ; then no machine that starts anew ends that."""
    said = [host for version in _versions(hosts) for host in _differing(hosts, version, told=told_of_files)]
    if said:
        yield FilesDiffer(tuple((host.name, host.configuration) for host in said))
    for host in cut_off(hosts):
        if host.unreached_since and host.beat - host.unreached_since >= PASSING:
            yield MachineCutOff(host.name, host.unreached_since, host.unreached)


def work_missing(hosts: Sequence[FleetHost], settings: Settings | None) -> Iterator[WorkMissing]:
    """What no machine does; nothing while machines start, or where none works.

    `settings`: None where the files cannot be used. Whoever is stopped for a moment is missed at once: what
    is told to people needs patience.
    """
    living = [host for host in hosts if host.lives]
    if not living or max(host.beat - host.since for host in living) < JOINING:
        return
    machines = tuple(f"{host.name} ({host.role})" for host in living)
    senders = senders_of(hosts)
    if not any(host.polls_sources for host in living):
        yield NobodyPolls(machines)
    if not senders:
        yield NobodySends(machines)
    elif settings:
        yield from bound_to_nobody(settings, senders)


def senders_of(hosts: Sequence[FleetHost]) -> Sequence[str]:
    """The name of each machine that lives and sends; one that two machines have stands there twice."""
    return [host.name for host in hosts if host.lives and host.sends_digests]


def bound_to_nobody(settings: Settings, senders: Sequence[str]) -> Iterator[NobodySendsTo]:
    """Channels that are bound to a machine which is none of these."""
    for channel in settings.channels.values():
        if channel.on and all(channel.elsewhere(name) for name in senders):
            yield NobodySendsTo(channel.name, channel.on, tuple(dict.fromkeys(senders)))


def on_any_disk(settings: Settings, senders: Sequence[str]) -> Sequence[str]:
    """Channels that write to the disk of whichever machine sends, where several do."""
    if len(senders) < 2:
        return ()
    return [one.name for one in settings.channels.values() if one.kind in ON_DISK and one.on is None]


def other_files(hosts: Sequence[FleetHost]) -> Sequence[FleetHost]:
    """The hosts that live and go by other files than another one of their version does.

    Between versions, marks are not compared: a newer one may read more in the same files.
    """
    return [host for version in _versions(hosts) for host in _differing(hosts, version, told=True)]


def in_words(cause: FilesDiffer) -> str:
    """`machines go by different files (news-1 by 1a2b3c4d, …): …`."""
    names = ", ".join(f"{name} by {mark}" for name, mark in cause.files)
    return f"machines go by different files ({names}): give each the same, and reload it"


def trouble(cause: FleetCause) -> Trouble:
    """See `causes.trouble_of`."""
    match cause:
        case FilesDiffer():
            said = in_words(cause)
            return Trouble(
                FILES_DIFFER,
                f"{said[0].upper()}{said[1:]}. `watchdesk fleet` shows them; where one refuses its files, "
                "`watchdesk check` there says why.",
                recovery="All machines that work go by the same files.",
            )
        case MachineCutOff(name=name, since=since, reason=reason):
            return Trouble(
                f"cut-off:{name}",
                f"The machine {name} has reached no site since {clock(since)}, while others do: "
                f"{in_a_sentence(shown_address(reason))}. The others poll all sources meanwhile. Look at its "
                "network, its name resolution and its proxy: `watchdesk doctor` there tries them.",
                recovery=f"The machine {name} reaches the web again.",
            )
        case NobodyPolls(machines=machines):
            return Trouble(
                "nobody-polls",
                f"No machine polls: {_listed(machines)} at work. What leaves its feed meanwhile is lost. "
                "Start `watchdesk run` without a role, or with `--role poller`, on one machine at least.",
                recovery="A machine polls again.",
            )
        case NobodySends(machines=machines):
            return Trouble(
                "nobody-sends",
                f"No machine composes and sends digests: {_listed(machines)} at work. Nothing is lost, and "
                "all of it waits. Start `watchdesk run` without a role, or with `--role sender`, on one "
                "machine at least.",
                recovery="A machine composes and sends digests again.",
            )
        case NobodySendsTo(channel=channel, on=on, senders=senders):
            return Trouble(
                f"nobody-sends-to:{channel}",
                f"The channel {channel} is bound to {on}, and no machine of this name is there to send, "
                f"only {', '.join(senders)}: its deliveries wait. Start it, or correct `on` of the channel "
                "to what `hostname` prints there.",
                not_by=channel,
                recovery=f"A machine sends to the channel {channel} again.",
                subject=subjects.channel(channel),
            )
        case _:
            assert_never(cause)


def _listed(machines: Sequence[str]) -> str:
    return f"{', '.join(machines)} {'is' if len(machines) == 1 else 'are'}"


def _versions(hosts: Sequence[FleetHost]) -> Sequence[str]:
    return list(dict.fromkeys(host.version for host in hosts))


def _differing(hosts: Sequence[FleetHost], version: str, *, told: bool) -> Sequence[FleetHost]:
    """Hosts of the version whose files differ, once a reload of all would have ended, or that was `told`."""
    said = [host for host in hosts if host.lives and host.configuration and host.version == version]
    if len({host.configuration for host in said}) < 2:
        return ()
    # Whoever was given other files last may not be the last who is.
    is_over = told or min(host.beat - host.configured for host in said) >= RELOADING
    return said if is_over else ()
