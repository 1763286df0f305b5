"""The hosts of a fleet as JSON documents: stable keys, times in ISO 8601 and UTC."""

from collections.abc import Sequence

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk.documents.words import utc_text
from watchdesk.store.fleet_rows import FleetHost


class FleetHostDocument(TypedDict):
    """A host that shares the work."""

    host: str
    version: str
    role: str
    configuration: str
    """A hash of its sources, rules, digests and channels, which is the same on each."""
    since: str | None
    heartbeat: str | None
    lives: bool
    """Whether its heartbeat is recent; else others poll its sources."""
    leads: bool
    """Whether it does what one host does for all."""
    shards: int
    """Those that it polls at the moment."""
    polls: int
    """Since it started."""
    polls_per_second: float
    """On average, since it started."""


class FleetDocument(TypedDict):
    """All hosts that were there within a day."""

    hosts: list[FleetHostDocument]


def fleet_document(hosts: Sequence[FleetHost]) -> FleetDocument:
    """As `fleet --json` gives it."""
    return {"hosts": [_host(host) for host in hosts]}


def pace(host: FleetHost) -> float:
    """Polls a second, on average since it started."""
    return host.polls / max((host.beat - host.since).total_seconds(), 1.0)


def _host(host: FleetHost) -> FleetHostDocument:
    return {
        "host": host.name,
        "version": host.version,
        "role": host.role,
        "configuration": host.configuration,
        "since": utc_text(host.since),
        "heartbeat": utc_text(host.beat),
        "lives": host.lives,
        "leads": host.leads,
        "shards": host.shards,
        "polls": host.polls,
        "polls_per_second": round(pace(host), 3),
    }
