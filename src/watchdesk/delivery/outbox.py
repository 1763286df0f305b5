"""Sends what is due: leases a delivery, lets its channel send it, and records the outcome.

One lease at a time, longer than any channel may take, so that a slow receiver never makes another process
repeat what waits behind it. A sender that does not come back in time has failed like any other.
`scheduling` decides when to try again.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import assert_never

from watchdesk.delivery.attempt import attempt
from watchdesk.delivery.in_flight import InFlight
from watchdesk.errors import RefusedRow, StorageError
from watchdesk.logger import get_logger
from watchdesk.model import (
    ChannelLimits,
    Delivery,
    DeliveryState,
    Parcel,
    Refused,
    Retry,
    SendOutcome,
    Sent,
)
from watchdesk.ports import Channel, OutboxStore
from watchdesk.scheduling import GiveUp, next_attempt

log = get_logger(__name__)

LEASE = timedelta(minutes=10)
"""Twice what the slowest channel allows itself (`Timeouts.whole`)."""
LATE = f"its sender did not come back within {LEASE // timedelta(minutes=1)} minutes"
"""The sender hangs, or its process died."""


@dataclass(frozen=True, slots=True)
class Report:
    """One attempt: the delivery as leased, its outcome, and its state afterwards."""

    delivery: Delivery
    outcome: SendOutcome
    state: DeliveryState
    """Still `leased` if the lease was lost meanwhile: then another process is responsible."""
    next_attempt: datetime | None = None


def send_due(
    store: OutboxStore,
    channels: Mapping[str, Channel],
    owner: str,
    clock: Callable[[], datetime],
    rng: random.Random,
    limits: Mapping[str, ChannelLimits] = MappingProxyType({}),
    in_flight: InFlight | None = None,
    known_only: Callable[[], bool] = lambda: False,
) -> Sequence[Report]:
    """Attempts every due delivery once, oldest first. May run in several threads and processes.

    `owner` names the process; `limits` are those of the channels; `in_flight` is shared by the threads of
    the process. `known_only`: whether to leave those of channels that are not among `channels` to others,
    which may know them; else they are given up. Raises `StorageError` when an outcome cannot be recorded: it
    is kept in `in_flight` and recorded first next time, before anything is leased. If the process ends before
    that, the delivery is repeated under its identity once the lease has run out.
    """
    sending = in_flight or InFlight()
    reports = record_kept(store, sending, owner, clock, rng)
    reports += _fail_overdue(store, sending, clock(), rng)
    while True:
        now, only = clock(), channels.keys() if known_only() else None
        parcels = store.lease(owner, now, now + LEASE, 1, limits, sending.channels(), only)
        if not parcels:
            return reports
        for parcel in parcels:
            with sending.sending(parcel.delivery, now):
                began = time.monotonic()
                outcome = _send(channels, parcel, clock)
                sending.attempted(parcel.delivery, outcome, time.monotonic() - began, clock())
                try:
                    reports.append(_record(store, parcel.delivery, outcome, owner, clock(), rng))
                except RefusedRow:
                    raise  # it would be refused again
                except StorageError:
                    sending.keep(parcel.delivery, outcome)
                    raise
            _log_report(reports[-1])


def record_kept(
    store: OutboxStore, sending: InFlight, owner: str, clock: Callable[[], datetime], rng: random.Random
) -> list[Report]:
    """Records outcomes that could not be recorded before. Raises `StorageError`, and then still keeps
    them.
    """
    reports: list[Report] = []
    with sending.recording() as kept:
        for delivery, outcome in kept:
            reports.append(_record(store, delivery, outcome, owner, clock(), rng))
            _log_report(reports[-1])
    return reports


def _fail_overdue(store: OutboxStore, sending: InFlight, now: datetime, rng: random.Random) -> list[Report]:
    """Treats a sender that does not come back as a failed attempt: put off, and given up in the end."""
    reports: list[Report] = []
    mine = sending.channels()
    for delivery in store.overdue(now, LEASE, mine):
        again = _next(delivery, None, now, rng)
        due_at, error = (None, _given_up(LATE, again)) if isinstance(again, GiveUp) else (again, LATE)
        if store.mark_overdue(delivery, now, LEASE, mine, due_at, error):
            state = DeliveryState.WAITING if due_at else DeliveryState.DEAD
            reports.append(Report(delivery, Retry(LATE), state, due_at))
            _log_report(reports[-1])
    return reports


def _send(channels: Mapping[str, Channel], parcel: Parcel, clock: Callable[[], datetime]) -> SendOutcome:
    name = parcel.delivery.channel
    channel = channels.get(name)
    if channel is None:
        return Refused(
            f"channel '{name}' is not configured any more; "
            f"configure it again and retry the delivery, or drop it"
        )
    return attempt(name, channel, parcel, clock())


def _record(
    store: OutboxStore,
    delivery: Delivery,
    outcome: SendOutcome,
    owner: str,
    now: datetime,
    rng: random.Random,
) -> Report:
    match outcome:
        case Sent(note):
            kept = store.mark_sent(delivery.id, owner, now, note)
            return _report(delivery, outcome, DeliveryState.SENT, kept=kept)
        case Retry():
            again = _next(delivery, outcome.after, now, rng)
            return _record_retry(store, delivery, outcome, owner, again)
        case Refused(reason, stop_channel):
            if stop_channel:
                store.stop_channel(delivery.channel, reason, now)
            kept = store.mark_dead(delivery.id, owner, reason)
            return _report(delivery, outcome, DeliveryState.DEAD, kept=kept)
        case _:
            assert_never(outcome)


def _next(
    delivery: Delivery, after: timedelta | None, now: datetime, rng: random.Random
) -> datetime | GiveUp:
    return next_attempt(delivery.attempts + 1, delivery.created_at, now, rng, after)


def _record_retry(
    store: OutboxStore, delivery: Delivery, outcome: Retry, owner: str, again: datetime | GiveUp
) -> Report:
    delivered = outcome.taken or None
    if isinstance(again, GiveUp):
        kept = store.mark_dead(delivery.id, owner, _given_up(outcome.reason, again), delivered)
        return _report(delivery, outcome, DeliveryState.DEAD, kept=kept)
    kept = store.mark_waiting(
        delivery.id, owner, again, outcome.reason, delivered, needs_person=outcome.needs_person
    )
    return _report(delivery, outcome, DeliveryState.WAITING, kept=kept, again=again)


def _given_up(reason: str, why: GiveUp) -> str:
    return f"{reason} ({why.reason})"


def _report(
    delivery: Delivery,
    outcome: SendOutcome,
    state: DeliveryState,
    *,
    kept: bool,
    again: datetime | None = None,
) -> Report:
    return Report(delivery, outcome, state if kept else DeliveryState.LEASED, again if kept else None)


def _log_report(report: Report) -> None:
    delivery = report.delivery
    bound_log = log.bind(digest=delivery.digest_name, channel=delivery.channel, delivery=delivery.id)
    if report.state is DeliveryState.LEASED:
        bound_log.warning("the lease was lost while sending; another process may send it again")
        return
    match report.outcome:
        case Sent(note):
            bound_log.info("delivered", **({"note": note} if note else {}))
        case Retry(reason):
            again = report.next_attempt
            write = bound_log.error if report.outcome.needs_person else bound_log.warning
            write("not delivered", why=reason, next_attempt=again.isoformat() if again else "never")
        case Refused(reason):
            bound_log.error("refused for good", why=reason)
        case _:
            assert_never(report.outcome)
