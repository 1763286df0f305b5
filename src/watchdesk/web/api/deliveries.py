"""/api/v1/deliveries: what `watchdesk deliveries --json` prints, and retry and drop."""

from dataclasses import dataclass

from watchdesk.delivery.repairing import drop_deliveries, retry_deliveries
from watchdesk.documents.deliveries import (
    ChangedDocument,
    DeliveriesDocument,
    delivery_document,
)
from watchdesk.model import UNDECIDED, Delivery, DeliveryState
from watchdesk.ports import Store
from watchdesk.web.api.parameters import ById, Cursor, Limit
from watchdesk.web.asked import Asked, Refusal, absent
from watchdesk.web.paging import cut, moment_cursor, place_of
from watchdesk.web.routes import Operation


@dataclass(frozen=True, slots=True)
class _List:
    state: DeliveryState | None = None
    channel: str | None = None
    digest: str | None = None
    limit: Limit = 50
    cursor: Cursor | None = None
    """The `next` of the list before."""


def _deliveries(asked: Asked, given: _List) -> DeliveriesDocument:
    with asked.desk.reading() as store:
        rows = store.deliveries(
            given.state,
            given.limit + 1,
            channel=given.channel,
            digest=given.digest,
            after=place_of(given.cursor),
        )
        stopped = store.stopped_channels()
    found = cut(rows, given.limit, lambda one: moment_cursor(one.created_at, one.id))
    return {
        "deliveries": [delivery_document(one, stopped) for one in found.rows],
        "stopped_channels": dict(stopped),
        "next": found.next,
    }


def _retry(asked: Asked, given: ById) -> ChangedDocument:
    with asked.desk.writing() as store:
        retry_deliveries(store, [_undecided(store, given.id)], asked.now)
        return _changed(store, given.id)


def _drop(asked: Asked, given: ById) -> ChangedDocument:
    with asked.desk.writing() as store:
        drop_deliveries(store, [_undecided(store, given.id)])
        return _changed(store, given.id)


def _undecided(store: Store, delivery_id: str) -> Delivery:
    """A delivery that may be retried or dropped. Raises `Refusal`."""
    found = store.deliveries_of([delivery_id], [])
    if not found:
        raise absent(f"delivery '{delivery_id}'")
    if found[0].state not in UNDECIDED:
        raise Refusal(409, f"The delivery is {found[0].state}; only dead and waiting ones can be changed.")
    return found[0]


def _changed(store: Store, delivery_id: str) -> ChangedDocument:
    (one,) = store.deliveries_of([delivery_id], [])
    return {"delivery": delivery_document(one, store.stopped_channels())}


DELIVERIES = Operation(
    "/deliveries", "The outbox, newest first", _deliveries, document=DeliveriesDocument, parameters=_List
)
RETRY = Operation(
    "/deliveries/{id}/retry",
    "Makes a dead or waiting delivery due now, and restarts its channel",
    _retry,
    document=ChangedDocument,
    parameters=ById,
    changes=True,
    is_post=True,
)
DROP = Operation(
    "/deliveries/{id}/drop",
    "Drops a dead or waiting delivery: it is not sent",
    _drop,
    document=ChangedDocument,
    parameters=ById,
    changes=True,
    is_post=True,
)
