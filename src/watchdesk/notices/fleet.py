"""Machines that share a desk's work: those that cannot reach the web, and those with other files. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from watchdesk.config.shown_address import shown_address
from watchdesk.model import Trouble
from watchdesk.model.hosts import FleetHost, cut_off
from watchdesk.notices.wording import clock, in_a_sentence

RELOADING = timedelta(minutes=5)
"""Machines that are given other files reload them one after the other; later than that, one was forgotten."""
PASSING = timedelta(minutes=1)
"""What cuts a machine off for less is over before anybody has looked."""
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


FleetCause: TypeAlias = FilesDiffer | MachineCutOff


def fleet_causes(hosts: Sequence[FleetHost], *, told_of_files: bool = False) -> Iterator[FleetCause]:
    """`told_of_files`: the operators know that files differ; then no machine that starts anew ends that."""
    said = [host for version in _versions(hosts) for host in _differing(hosts, version, told=told_of_files)]
    if said:
        yield FilesDiffer(tuple((host.name, host.configuration) for host in said))
    for host in cut_off(hosts):
        if host.unreached_since and host.beat - host.unreached_since >= PASSING:
            yield MachineCutOff(host.name, host.unreached_since, host.unreached)


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
        case _:
            assert_never(cause)


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
