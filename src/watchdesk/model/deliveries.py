"""Deliveries, and the outcomes of sending one."""

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
    """A person decided that it will not be sent."""


UNDECIDED = (DeliveryState.DEAD, DeliveryState.WAITING)
"""What a person may have retried, or dropped."""


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
    """What the receiver said when it accepted the delivery, such as which recipients it refused."""
    taken: tuple[str, ...] = ()
    """Which of several receivers already have it: a repeat leaves them out."""
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
    """The limits of a channel; deliveries over them wait, and that is no failure of theirs."""

    concurrency: int = 2
    """Deliveries in flight to it at once, over all processes."""
    at_most: Rate | None = None
    """Attempts in any such length of time, over all processes."""


@dataclass(frozen=True, slots=True)
class FailingChannel:
    """A channel that has accepted nothing since something was first tried, and is still tried."""

    channel: str
    since: datetime
    """When the oldest delivery that it has not accepted was made."""
    waiting: int
    error: str | None
    """Why the last attempt failed."""
    needs_person: bool = False
    """The failure does not pass by itself: the operators hear of it at once."""
    partly: bool = False
    """Some of its receivers have all that waits; the others do not."""


@dataclass(frozen=True, slots=True)
class WentOut:
    """A digest that was made, with its deliveries."""

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
    """The receiver has accepted it. `note` names a part it refused."""

    note: str | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """Not accepted this time, or not by everyone; `after` is the wait the receiver asked for, if it did."""

    reason: str
    after: timedelta | None = None
    taken: tuple[str, ...] = ()
    """Which of several receivers have it now; the next attempt leaves them out."""
    needs_person: bool = False
    """The failure does not pass by itself (a wrong password, a quota): the operators hear at once."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Refused for good; `stop_channel` when the receiver wants nothing more at all (HTTP 410)."""

    reason: str
    stop_channel: bool = False


SendOutcome = Sent | Retry | Refused
