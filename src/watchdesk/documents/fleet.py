"""The hosts of a fleet as JSON documents and in words: stable keys, times in ISO 8601 and UTC."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk.config.settings import Settings
from watchdesk.documents.words import ago, span, utc_text
from watchdesk.model.hosts import FleetHost, cut_off
from watchdesk.notices.fleet import on_any_disk, senders_of

GONE = timedelta(hours=1)
"""A host that has been silent for so long does not come back by itself."""


class FleetHostDocument(TypedDict):
    """A host that shares the work."""

    host: str
    version: str
    role: str
    configuration: str
    """A hash of its sources, rules, digests and channels, which is the same on each."""
    configured: str | None
    """Since when it goes by that."""
    since: str | None
    heartbeat: str | None
    lives: bool
    """Whether its heartbeat is recent; else others poll its sources."""
    leads: bool
    """Whether it does what one host does for all."""
    cut_off: str | None
    """Since when it has reached no site while others do; null: it does, or nobody does."""
    shards: int
    """Those that it polls at the moment."""
    lapsed: int
    """Shards that it has lost since it started, as it was frozen or cut off from the database."""
    polls: int
    """Since it started."""
    polls_per_second: float
    """Over the last five minutes."""
    lateness_p50: float | None
    """Seconds after their time at which half of the polls of the last five minutes had begun; null: none."""
    lateness_p99: float | None
    """The same of 99 in a hundred."""


class FleetDocument(TypedDict):
    """All hosts that were there within a day."""

    hosts: list[FleetHostDocument]


class FleetPart(TypedDict):
    """The hosts by name, within a day; none where one machine does the work."""

    alive: list[str]
    silent: list[str]
    """Those whose heartbeats have ended without a stop."""


def fleet_document(hosts: Sequence[FleetHost]) -> FleetDocument:
    """As `fleet --json` and /api/v1/fleet give it."""
    apart = cut_off(hosts)
    return {"hosts": [_host(host, is_cut_off=host in apart) for host in hosts]}


def fleet_part(hosts: Sequence[FleetHost]) -> FleetPart:
    """As `status --json` has it."""
    return {
        "alive": [host.name for host in hosts if host.lives],
        "silent": [host.name for host in hosts if not host.lives],
    }


def fleet_in_words(hosts: Sequence[FleetHost], now: datetime) -> str | None:
    """`news-1 (leads), news-2; silent: news-3, last seen 4 min ago`; None where one machine does the work."""
    if len(hosts) < 2:
        return None
    alive = ", ".join(f"{host.name} (leads)" if host.leads else host.name for host in hosts if host.lives)
    silent = ", ".join(f"{host.name}, last seen {ago(host.beat, now)}" for host in hosts if not host.lives)
    return "; silent: ".join(filter(None, (alive or "none alive", silent)))


def states_in_words(hosts: Sequence[FleetHost]) -> Mapping[str, str]:
    """By id: `leads`, `works`, `cut off` or `silent`."""
    apart = cut_off(hosts)
    return {host.id: _state(host, is_cut_off=host in apart) for host in hosts}


def _state(host: FleetHost, *, is_cut_off: bool) -> str:
    if not host.lives:
        return "silent"
    if is_cut_off:
        return "cut off"
    return "leads" if host.leads else "works"


def lateness_in_words(seconds: float | None) -> str:
    """`0.2 s`, `12 s`, `4 min`; `–` where nothing was polled."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return span(timedelta(seconds=seconds))


def fleet_notes(hosts: Sequence[FleetHost], now: datetime) -> Iterator[str]:
    """What of the fleet is worth a look and keeps nobody's news."""
    for host in hosts:
        if not host.lives and now - host.beat > GONE:
            yield f"the machine {host.name} has been silent for {span(now - host.beat)}: others do its work"
    versions = {host.version for host in hosts if host.lives}
    if len(versions) > 1:
        said = ", ".join(f"{host.name} has {host.version}" for host in hosts if host.lives)
        yield f"machines run different versions of watchdesk: {said}"


def on_disk_notes(hosts: Sequence[FleetHost], settings: Settings) -> Iterator[str]:
    """Channels whose files lie on the disks of several machines."""
    for name in on_any_disk(settings, senders := senders_of(hosts)):
        yield (
            f"the channel {name} writes to the disk of whichever of {len(senders)} machines sends: "
            "say which is meant, by `on: HOST`"
        )


def _host(host: FleetHost, *, is_cut_off: bool) -> FleetHostDocument:
    return {
        "host": host.name,
        "version": host.version,
        "role": host.role,
        "configuration": host.configuration,
        "configured": utc_text(host.configured),
        "since": utc_text(host.since),
        "heartbeat": utc_text(host.beat),
        "lives": host.lives,
        "leads": host.leads,
        "cut_off": utc_text(host.unreached_since) if is_cut_off else None,
        "shards": host.shards,
        "lapsed": host.lapsed,
        "polls": host.polls,
        "polls_per_second": round(host.pace, 3),
        "lateness_p50": _rounded(host.lateness_p50),
        "lateness_p99": _rounded(host.lateness_p99),
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
