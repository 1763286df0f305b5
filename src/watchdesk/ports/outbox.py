"""The store's interface for deliveries and for troubles."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from watchdesk.model import (
    ChannelLimits,
    DeadLetters,
    Delivery,
    DeliveryState,
    Digest,
    FailingChannel,
    Parcel,
    Rendered,
    ReportedTrouble,
    SourceState,
    Trouble,
)


class OutboxStore(Protocol):
    """Deliveries and their states."""

    def lease(
        self,
        owner: str,
        now: datetime,
        until: datetime,
        limit: int,
        limits: Mapping[str, ChannelLimits] = ...,
        in_flight: Mapping[str, str] = ...,
        only: Collection[str] | None = ...,
    ) -> Sequence[Parcel]:
        """Leases up to `limit` waiting deliveries that are due to `owner` alone, oldest first.

        Skips stopped channels. `limits`, by channel, hold over all processes on the database: what
        exceeds them waits. `in_flight`, delivery → channel, is what the process is still sending, however
        long ago its lease ran out: it is not leased again, and counts to the limits. `only`: of these
        channels; None: of all. Each leased delivery is an attempt.
        """

    def overdue(
        self, now: datetime, lease: timedelta, in_flight: Collection[str] = ...
    ) -> Sequence[Delivery]:
        """Deliveries whose sender did not come back within `lease`, the oldest first.

        Those whose lease ran out; and of `in_flight`, which this process is still sending, those that are
        due again and that nobody else has leased for as long.
        """

    def mark_overdue(
        self,
        delivery: Delivery,
        now: datetime,
        lease: timedelta,
        in_flight: Collection[str],
        due_at: datetime | None,
        error: str,
    ) -> bool:
        """→ waiting until `due_at`, or → dead for None; counts one more attempt. False if it is not
        overdue any more.
        """

    def prune_attempts(self, before: datetime) -> int:
        """Forgets attempts before a time; returns how many."""

    def mark_sent(self, delivery_id: str, owner: str, now: datetime, note: str | None) -> bool:
        """leased → sent. False if the lease was lost meanwhile."""

    def mark_waiting(
        self,
        delivery_id: str,
        owner: str,
        due_at: datetime,
        error: str,
        delivered: Collection[str] | None = ...,
        *,
        needs_person: bool = ...,
    ) -> bool:
        """leased → waiting, with one more attempt. False if the lease was lost meanwhile.

        `delivered`: which of several receivers have it now; None: as before. `needs_person`: the failure
        does not pass by itself.
        """

    def mark_dead(
        self, delivery_id: str, owner: str, error: str, delivered: Collection[str] | None = ...
    ) -> bool:
        """leased → dead, with one more attempt. False if the lease was lost meanwhile.

        `delivered`: which of several receivers have it, to be left out on a retry; None: as before.
        """

    def lease_owners(self) -> Collection[str]:
        """The owners of all leases, run out or not."""

    def release(self, owner: str, due_at: datetime | None = ...) -> int:
        """Returns every lease of `owner` without counting an attempt; how many there were.

        `due_at`: makes them due from then on, behind what has been due for longer; None: as before.
        """

    def deliveries(
        self,
        state: DeliveryState | None = None,
        limit: int | None = None,
        *,
        channel: str | None = None,
        digest: str | None = None,
        beginning: str = "",
        after: tuple[datetime, str] | None = None,
    ) -> Sequence[Delivery]:
        """Deliveries, newest first, that match: state, channel, digest, and the beginning of the id.

        `after`: only those that come after the one with this time of making and this id.
        """

    def deliveries_of(self, delivery_ids: Collection[str], digest_ids: Collection[str]) -> Sequence[Delivery]:
        """These deliveries, and those of these digests, newest first."""

    def retry(self, delivery_ids: Sequence[str], now: datetime) -> Sequence[str]:
        """Makes dead or waiting deliveries due now; returns the ids that are."""

    def drop(self, delivery_ids: Sequence[str]) -> Sequence[str]:
        """Drops dead or waiting deliveries; returns the ids that were dropped."""

    def stop_channel(self, channel: str, reason: str, now: datetime) -> None:
        """Stops sending to a channel whose receiver asked for it, until the channel is restarted."""

    def restart_channel(self, channel: str) -> bool:
        """Sends to a channel again. True if it had been stopped."""

    def stopped_channels(self) -> Mapping[str, str]:
        """Channel → reason."""


class TroubleStore(Protocol):
    """What may be a trouble, and what was reported to the operators."""

    def troubled_sources(self, moved_polls: int) -> Mapping[str, SourceState]:
        """Sources that are gone, whose last poll failed, or that moved for so many polls, by id."""

    def dead_letters(self) -> Sequence[DeadLetters]:
        """All dead letters: how many there are of each channel, digest and reason."""

    def delivery_counts(self) -> Mapping[DeliveryState, int]:
        """How many deliveries are in each state; states without any are left out."""

    def channel_counts(self, states: Collection[DeliveryState]) -> Mapping[tuple[DeliveryState, str], int]:
        """How many deliveries of each channel are in each of these states; those without are left out."""

    def sent_since(self, since: datetime) -> tuple[int, int]:
        """Of deliveries of digests made since, not of notices: how many digests, and how many were sent."""

    def failing_channels(self) -> Sequence[FailingChannel]:
        """Channels that have accepted nothing since the oldest delivery that they are tried with was made."""

    def sent_notes(self, since: datetime) -> Sequence[tuple[str, str]]:
        """What receivers said of what they took since, each channel and note once."""

    def reported_troubles(self) -> Mapping[str, ReportedTrouble]:
        """By key, the troubles that were reported, and whose end was not."""

    def end_troubles(self, keys: Collection[str]) -> None:
        """A person has ended these; should they come again, they are reported again."""

    def forget_troubles(self, keys: Collection[str]) -> None:
        """These are over, and nothing is said of it; should they come again, they are reported again."""

    def commit_notice(
        self,
        notice: Digest,
        rendered: Rendered,
        deliveries: Sequence[Delivery],
        reported: Collection[Trouble],
        over: Collection[str] = (),
    ) -> None:
        """A notice, its deliveries, the troubles that it reports, and the keys of those that it says are
        over. One transaction.
        """
