"""The hosts of a fleet: machines that share the work of one desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

_POLLING = ("all", "poller")
_SENDING = ("all", "sender")
"""Roles that do."""


@dataclass(frozen=True, slots=True)
class FleetHost:
    """A process that works on the desk, as the database knows it. Times are the database's."""

    id: str
    name: str
    """Of its machine."""
    version: str
    role: str
    configuration: str
    """A hash of what its files say; empty: it has not said so yet."""
    configured: datetime
    """Since when it goes by that."""
    since: datetime
    beat: datetime
    """Its last heartbeat."""
    polls: int
    """Since it started."""
    pace: float
    """Polls a second, over the last five minutes."""
    lateness_p50: float | None
    """Seconds after their time at which half of the polls of the last five minutes had begun; None: none."""
    lateness_p99: float | None
    """The same of 99 in a hundred."""
    lapsed: int
    """Shards that it has lost since it started, as it was frozen or cut off from the database."""
    lives: bool
    """Whether its heartbeat is recent; else others poll its sources."""
    shards: int
    """Those that it holds now."""
    leads: bool
    """Whether it does what one host does for all."""
    unreached: str = ""
    """Why it reaches none of the sites that it tried; empty: it does."""
    unreached_since: datetime | None = None
    """Since when."""

    @property
    def polls_sources(self) -> bool:
        """Whether that is a part of its role."""
        return self.role in _POLLING

    @property
    def sends_digests(self) -> bool:
        """Whether composing and sending them is a part of its role."""
        return self.role in _SENDING


def cut_off(hosts: Sequence[FleetHost]) -> Sequence[FleetHost]:
    """Those that reach no site, while another one that polls does: none where it is the same for all."""
    polling = [host for host in hosts if host.lives and host.polls_sources]
    unreached = [host for host in polling if host.unreached]
    return unreached if len(unreached) < len(polling) else ()


def without_replaced(hosts: Sequence[FleetHost]) -> Sequence[FleetHost]:
    """Without processes that ended in silence, and after which another one has begun on their machine."""

    def is_replaced(host: FleetHost) -> bool:
        return any(other.name == host.name and other.since >= host.beat for other in hosts)

    return [host for host in hosts if host.lives or not is_replaced(host)]
