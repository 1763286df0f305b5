"""Events as they are read from the archive, and the place after each, by which a reader goes on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from watchdesk.documents.deliveries import delivery_document
from watchdesk.documents.events import match_event_document
from watchdesk.model import DeliveryState
from watchdesk.ports import Store

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LONGEST = 17
"""Digits of a number in a place."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far somebody has come: the number of the last match, and when the last delivery was sent."""

    match: int
    sent: int
    """Microseconds since 1970, UTC."""

    def __str__(self) -> str:
        return f"{self.match}.{self.sent}"

    @property
    def moment(self) -> datetime:
        """When the last delivery was sent."""
        return _EPOCH + self.sent * _MICROSECOND


@dataclass(frozen=True, slots=True)
class Event:
    """One event."""

    kind: str
    """`match` or `delivery`."""
    key: str
    """The same whenever it is read."""
    document: object
    place: Place | None
    """After it; None: it cannot be read again later."""


def place_in(text: str | None) -> Place | None:
    """The place that an id of an event names; None: it names none."""
    match, _, sent = (text or "").partition(".")
    is_ours = all(part.isascii() and part.isdigit() and len(part) <= _LONGEST for part in (match, sent))
    return Place(int(match), int(sent)) if is_ours else None


def newest_place(store: Store, now: datetime) -> Place:
    """After all that there is."""
    return Place(store.last_match(), (now - _EPOCH) // _MICROSECOND)


def events_after(
    store: Store, place: Place, channels: Collection[str], limit: int, overlap: timedelta
) -> tuple[Sequence[Event], bool]:
    """The newest `limit` of each kind, and whether there are more.

    `overlap`: deliveries sent so long before the place are told as well. Several are recorded at once, and
    not in the order in which they were sent.
    """
    found = store.matches_after(place.match, limit + 1)
    sent = store.sent_after(channels, place.moment - overlap, limit + 1)
    events: list[Event] = []
    for one in found[-limit:]:
        place = Place(one.number, place.sent)
        events.append(Event("match", f"m{one.number}", match_event_document(one.found), place))
    for delivery in sent[-limit:]:
        at = delivery.sent_at or _EPOCH
        place = Place(place.match, max(place.sent, (at - _EPOCH) // _MICROSECOND))
        events.append(Event("delivery", f"s{delivery.id}", delivery_document(delivery), place))
    return events, len(found) > limit or len(sent) > limit


def outcomes_of(store: Store, tried: Collection[str]) -> tuple[Sequence[Event], Collection[str]]:
    """Events of attempts that did not send, and the deliveries whose attempt is not recorded yet."""
    found = store.deliveries_of(list(tried), []) if tried else ()
    stopped = store.stopped_channels() if tried else {}
    events = [
        Event("delivery", f"a{one.id}-{one.attempts}-{one.state}", delivery_document(one, stopped), None)
        for one in found
        if one.state not in (DeliveryState.LEASED, DeliveryState.SENT)
    ]
    return events, [one.id for one in found if one.state is DeliveryState.LEASED]
