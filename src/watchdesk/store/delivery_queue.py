"""Finds the delivery that is next, channel by channel in the index, however many wait behind it.

A channel at its limits may have a hundred thousand due deliveries; none of them is read.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import CTE, ColumnElement, ScalarSelect, Select, func, or_, select, true

from watchdesk.model import DeliveryState
from watchdesk.store.clocks import SKEW
from watchdesk.store.tables import deliveries, stopped_channels


def first_due(
    full: Collection[str],
    in_flight: Collection[str],
    now: datetime,
    latest: datetime,
    only: Collection[str] | None = None,
) -> Select[tuple[str]]:
    """The id of the waiting delivery that is due longest, of channels that are not `full`.

    `latest`: a due time beyond it cannot be meant. `only`: of these channels; None: of all.
    """
    names = _waiting_channels()
    going = names.c.channel.not_in(select(stopped_channels.c.channel))
    # One that a wrong clock put off for years stands behind what is due.
    ids = func.coalesce(
        _first(names, in_flight, deliveries.c.due_at <= now),
        _first(names, in_flight, deliveries.c.due_at > latest + SKEW),
    )
    asked = names.c.channel.in_(only) if only is not None else true()
    best = select(ids.label("id")).where(names.c.channel.not_in(full), asked, going).subquery("best")
    joined = select(deliveries.c.id).join(best, best.c.id == deliveries.c.id)
    return joined.order_by(deliveries.c.due_at, deliveries.c.id).limit(1)


def over(moment: ColumnElement[datetime], now: datetime, latest: datetime) -> ColumnElement[bool]:
    """Whether the moment has passed; one beyond the latest possible was set by a wrong clock, and counts
    too.
    """
    return or_(moment <= now, moment > latest + SKEW)


def _waiting_channels() -> CTE:
    """The channels for which deliveries wait, each found by one index lookup; the last is NULL."""
    waiting = select(deliveries.c.channel).where(deliveries.c.state == DeliveryState.WAITING)
    lowest = waiting.order_by(deliveries.c.channel).limit(1).scalar_subquery()
    names = select(lowest.label("channel")).cte("names", recursive=True)
    behind = waiting.where(deliveries.c.channel > names.c.channel).order_by(deliveries.c.channel).limit(1)
    following = select(behind.correlate(names).scalar_subquery())
    return names.union_all(following.where(names.c.channel.is_not(None)))


def _first(names: CTE, in_flight: Collection[str], due: ColumnElement[bool]) -> ScalarSelect[str]:
    waiting = deliveries.c.state == DeliveryState.WAITING
    found = select(deliveries.c.id).where(waiting, deliveries.c.channel == names.c.channel, due)
    found = found.where(deliveries.c.id.not_in(in_flight)).order_by(deliveries.c.due_at, deliveries.c.id)
    return found.limit(1).correlate(names).scalar_subquery()
