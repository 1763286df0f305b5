"""Deliveries, and what may come of one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from watchdesk.model.digests import Rendered


class DeliveryState(StrEnum):
    """The outbox: waiting → leased → sent; leased → waiting; → dead."""

    WAITING = "waiting"
    LEASED = "leased"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"
    """A person said that it need not be sent."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One digest on its way to one channel."""

    id: str
    """Stable: the receiver drops repeats by it (Message-ID, webhook-id)."""
    digest_id: str
    digest_name: str
    channel: str
    state: DeliveryState
    created_at: datetime
    due_at: datetime
    attempts: int = 0
    error: str | None = None
    sent_at: datetime | None = None
    note: str | None = None
    """What the receiver said of a delivery it took, for instance which recipients it refused."""
    taken: tuple[str, ...] = ()
    """Who of several receivers has it already: a repeat leaves them out."""
    needs_person: bool = False
    """Its last attempt failed for a reason that does not pass by itself."""
    subject: str = ""
    """Of its digest, as the store knows it; a delivery that was not stored yet has none."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in each length of time: `30/h`."""

    count: int
    period: timedelta


@dataclass(frozen=True, slots=True)
class ChannelLimits:
    """What a channel's receiver is spared; deliveries over it wait, and that is no failure of theirs."""

    concurrency: int = 2
    """Deliveries in flight to it at once, over all processes."""
    at_most: Rate | None = None
    """Attempts in any such length of time, over all processes."""


@dataclass(frozen=True, slots=True)
class FailingChannel:
    """A channel that has taken nothing since something was first tried, and that is still tried."""

    channel: str
    since: datetime
    """When the oldest of what it has not taken was made."""
    waiting: int
    error: str | None
    """Why the last attempt failed."""
    needs_person: bool = False
    """The failure does not pass by itself: it is worth telling at once."""
    partly: bool = False
    """Some of its receivers have all that waits; the others do not."""


@dataclass(frozen=True, slots=True)
class WentOut:
    """A digest that was made, and what became of it on its way."""

    digest_id: str
    name: str
    composed_at: datetime
    rendered: Rendered
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A leased delivery with what is to be sent."""

    delivery: Delivery
    rendered: Rendered
    composed_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """The receiver has accepted it. `note` tells of a part it refused."""

    note: str | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """Not accepted this time, or not by everyone; `after` is the wait the receiver asked for, if it did."""

    reason: str
    after: timedelta | None = None
    taken: tuple[str, ...] = ()
    """Who of several receivers has it now; they are left out of the next attempt."""
    needs_person: bool = False
    """The failure does not pass by itself (a wrong password, a quota): the operators hear at once."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Refused for good; `stop_channel` when the receiver wants nothing more at all (HTTP 410)."""

    reason: str
    stop_channel: bool = False


SendOutcome = Sent | Retry | Refused
