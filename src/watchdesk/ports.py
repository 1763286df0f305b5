"""Where watchdesk touches the world, as protocols: the web, the people, and what is remembered.

The store is cut by subject; `Store` is all of it. Every method that writes is one transaction:
when it raises `StorageError`, nothing of it was kept, and it may be called again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from watchdesk.model import (
    Appointment,
    Article,
    ChannelLimits,
    DeadLetters,
    Delivery,
    DeliveryState,
    Digest,
    DigestMark,
    FailingChannel,
    FetchOutcome,
    Ingested,
    Known,
    Parcel,
    Rendered,
    SendOutcome,
    Silence,
    Source,
    SourceState,
    Span,
    Stored,
    StoredMatch,
    Validators,
    Waited,
    WaitingMatch,
)
from watchdesk.model.archive import Archived, Reach


class Fetcher(Protocol):
    """Reads the web. Never raises for what a server or a network may do."""

    def fetch(self, source: Source, state: SourceState) -> FetchOutcome:
        """The source's document, conditionally on what `state` remembers (RFC 9110 §13.1)."""

    def part(self, url: str, source: Source, validators: Validators) -> FetchOutcome:
        """A further document of the source: a part that its own one leads to, an older page of it.

        Conditional on what is remembered of that document.
        """

    def page(self, url: str, source: Source) -> FetchOutcome:
        """An article's own page, with the manners and the settings of its source."""

    def hold_all(self, sources: Iterable[Source], states: Mapping[str, SourceState]) -> None:
        """Leaves hosts alone that asked for it before a restart, as it is remembered of these sources."""


class Channel(Protocol):
    """Takes a digest to people. Never raises for what a receiver may do."""

    def send(self, parcel: Parcel, now: datetime) -> SendOutcome:
        """Sends once; repeats carry the same identity and, but for time stamps, the same bytes."""


class SourceStore(Protocol):
    """What is remembered of sources."""

    def source_states(self, source_ids: Collection[str] | None = None) -> Mapping[str, SourceState]:
        """Those of the sources that were ever polled, by id; None: of all sources."""

    def appointments(self) -> Mapping[str, Appointment]:
        """When each source that was ever polled is next due, by id."""

    def save_states(self, states: Sequence[SourceState]) -> None:
        """Records polls that brought no article."""


class ArticleStore(Protocol):
    """The archive."""

    def known(self, source_id: str, keys: Sequence[str]) -> Mapping[str, Known]:
        """Those of `keys` that the source's entries were stored under."""

    def versions(self, article_ids: Sequence[int]) -> Mapping[int, Article]:
        """Stored articles by id, as they are now; those that are gone are left out."""

    def ingest(self, items: Sequence[Ingested], state: SourceState | None, now: datetime) -> Sequence[Stored]:
        """A poll in one transaction: articles, stories, matches, their places in digests, the state.

        `state`: None while more of the same poll follows; what was not recorded is polled again.

        May run twice with the same items: what is stored already is not stored again, and no match
        is placed twice. The answers stand in the order of `items`, which are all of one source.
        """

    def article(self, article_id: int) -> Article | None:
        """A stored article by its number."""

    def article_by_url(self, url: str, url_key: str | None) -> Article | None:
        """The newest stored article with this address, or with this key."""

    def articles(self, since: datetime | None = None, limit: int | None = None) -> Iterator[Article]:
        """Stored articles first seen at or after `since`, newest first; read as they are asked for."""

    def matches(self, article_id: int) -> Sequence[StoredMatch]:
        """What the rules in force found in it."""

    def archived(
        self, since: datetime, reach: Reach, rule_ids: Collection[str] | None = None
    ) -> Iterator[Archived]:
        """Articles first seen at or after `since`, newest first, each with the rules that matched it.

        Only those within `reach` and those with a stored match. `rule_ids`: only matches of these rules
        count; None: of every rule, also of those that are no longer in the files.
        """

    def archived_count(self, since: datetime, reach: Reach, rule_ids: Collection[str] | None = None) -> int:
        """How many articles `archived` reads."""

    def matched_articles(self, since: datetime) -> Iterator[tuple[Article, Mapping[str, Sequence[Span]]]]:
        """Articles first seen at or after `since` that rules matched, newest first, with rule id → spans.

        Articles come without what was taken out of them.
        """

    def last_matches(self) -> Mapping[str, datetime]:
        """When each rule that has a stored match found its newest, by rule id."""

    def oldest_article(self, since: datetime) -> datetime | None:
        """When the oldest stored article of those first seen at or after `since` was first seen."""

    def article_counts(self, since: datetime) -> Mapping[str, int]:
        """New articles by source id, first seen at or after `since`."""

    def prune(self, before: datetime, limit: int = 1000) -> int:
        """Removes up to `limit` articles first seen before; never one that waits for a digest.

        Their keys stay, so that a feed that still lists them does not bring them back.
        """


class DigestStore(Protocol):
    """Queues of matches, and what went out."""

    def know_digests(self, names: Sequence[str], now: datetime) -> None:
        """Which digests there are: all of the configuration.

        Those not known before are remembered, with `now` as the start of their schedules; so is since when
        the others are gone. A digest that comes back begins its schedule anew. What a clock that was ahead
        by mistake wrote is forgotten.
        """

    def digest_marks(self) -> Mapping[str, DigestMark]:
        """By digest name."""

    def waiting(self, digest_name: str) -> Sequence[WaitingMatch]:
        """Matches that wait for the digest, oldest first."""

    def commit_digest(
        self,
        digest: Digest,
        rendered: Rendered,
        deliveries: Sequence[Delivery],
        places: Sequence[int],
        scheduled: datetime | None,
    ) -> bool:
        """The digest, its deliveries and the matches' marks, in one transaction.

        False, with nothing kept, when one of `places` (ids of `WaitingMatch`) no longer waits, or
        when a digest of this name for the time `scheduled` exists: another process was first.
        """

    def let_go(self, digest_name: str, rule_ids: Collection[str], before: datetime) -> int:
        """What these rules matched before no longer waits for the digest, which asks for spikes; how much."""

    def forget_digests(self, before: datetime) -> int:
        """Nothing waits any more for digests that are gone since before; how many there were."""

    def prune_digests(self, before: datetime, limit: int = 100) -> int:
        """Removes up to `limit` digests composed before, with their deliveries; how many.

        Only those whose deliveries are all sent or dropped, and whose articles are gone.
        """


class PastStore(Protocol):
    """What came before a digest."""

    def told(self, digest_name: str, story_ids: Collection[int]) -> Mapping[int, datetime]:
        """By story, when a digest of this name last held it; stories it never held are left out."""

    def found(
        self, rule_ids: Collection[str], spans: Sequence[tuple[datetime, datetime]]
    ) -> Mapping[str, Mapping[datetime, int]]:
        """By rule, how many news articles it found in each quarter of an hour of the spans.

        A span holds its start and not its end. Quarters without any are left out.
        """

    def first_found(self, rule_ids: Collection[str]) -> datetime | None:
        """When the first of the articles happened that these rules found."""

    def waiting_times(self, digest_name: str) -> Mapping[str, Sequence[Waited]]:
        """By rule, the times of each article that waits for the digest."""

    def silences(self, since: datetime) -> Sequence[Silence]:
        """Silences that end, or ended, at or after `since`; the first to end first."""

    def silence(self, rule_id: str, since: datetime, until: datetime) -> Silence:
        """Mutes a rule."""

    def held_back(self, silence: Silence) -> int:
        """How many articles it keeps, or kept, from any digest."""

    def end_silence(self, silence_id: int, now: datetime) -> Silence | None:
        """Ends a silence before its time; None when there is none that still runs."""


class OutboxStore(Protocol):
    """Deliveries and their states."""

    def lease(
        self,
        holder: str,
        now: datetime,
        until: datetime,
        limit: int,
        limits: Mapping[str, ChannelLimits] = ...,
        under_way: Mapping[str, str] = ...,
    ) -> Sequence[Parcel]:
        """Takes up to `limit` waiting deliveries that are due, oldest first, for `holder` alone.

        Deliveries of stopped channels are left. `limits`, by channel, hold over every process on the
        database: what is over them waits. `under_way`: what the process itself still sends, delivery →
        channel, however long ago its lease ran out; none of it is taken, and all of it counts. Each
        delivery that is taken is an attempt.
        """

    def overdue(
        self, now: datetime, lease: timedelta, under_way: Collection[str] = ...
    ) -> Sequence[Delivery]:
        """Deliveries whose sender did not come back within `lease`, the oldest first.

        Those whose lease ran out; and of `under_way`, which this process still sends, those that are due
        again and were taken by nobody else for as long.
        """

    def mark_overdue(
        self,
        delivery: Delivery,
        now: datetime,
        lease: timedelta,
        under_way: Collection[str],
        due_at: datetime | None,
        error: str,
    ) -> bool:
        """→ waiting until `due_at`, None: → dead; one attempt more. False when it is not overdue any more."""

    def attempts_of(self, delivery_ids: Collection[str]) -> Mapping[str, Sequence[datetime]]:
        """When each of the deliveries was attempted, oldest first; those that never were are left out."""

    def prune_attempts(self, before: datetime) -> int:
        """Forgets attempts before a time; how many there were."""

    def mark_sent(self, delivery_id: str, holder: str, now: datetime, note: str | None) -> bool:
        """leased → sent. False when the lease was lost meanwhile."""

    def mark_waiting(self, delivery_id: str, holder: str, due_at: datetime, error: str) -> bool:
        """leased → waiting, one attempt more. False when the lease was lost meanwhile."""

    def mark_dead(self, delivery_id: str, holder: str, error: str) -> bool:
        """leased → dead, one attempt more. False when the lease was lost meanwhile."""

    def lease_holders(self) -> Collection[str]:
        """Who holds leases, run out or not."""

    def release(self, holder: str) -> int:
        """Gives back, unattempted, every lease of `holder`; how many there were."""

    def deliveries(
        self,
        state: DeliveryState | None = None,
        limit: int | None = None,
        *,
        channel: str | None = None,
        digest: str | None = None,
        beginning: str = "",
    ) -> Sequence[Delivery]:
        """The outbox, newest first: of this state, to this channel, of this digest, whose ids begin so."""

    def retry(self, delivery_ids: Sequence[str], now: datetime) -> Sequence[str]:
        """Dead or waiting deliveries become due now; answers with the ids that did."""

    def drop(self, delivery_ids: Sequence[str]) -> Sequence[str]:
        """Dead or waiting deliveries will not be sent; answers with the ids that were dropped."""

    def stop_channel(self, channel: str, reason: str, now: datetime) -> None:
        """Nothing more is sent to a channel whose receiver said so, until it is restarted."""

    def restart_channel(self, channel: str) -> bool:
        """True when the channel had been stopped."""

    def stopped_channels(self) -> Mapping[str, str]:
        """Channel → reason."""


class TroubleStore(Protocol):
    """What the operators have to know, and what they were told."""

    def troubled_sources(self, moved_polls: int) -> Mapping[str, SourceState]:
        """Sources that are gone, whose last poll failed, or that moved for so many polls, by id."""

    def dead_letters(self) -> Sequence[DeadLetters]:
        """All dead letters: how many there are of each channel, digest and reason."""

    def delivery_counts(self) -> Mapping[DeliveryState, int]:
        """How many deliveries are in each state; states without any are left out."""

    def failing_channels(self) -> Sequence[FailingChannel]:
        """Channels that have taken nothing since what they are tried with was made."""

    def sent_notes(self, since: datetime) -> Sequence[tuple[str, str]]:
        """What receivers said of what they took since, each channel and note once."""

    def told_troubles(self) -> Mapping[str, datetime]:
        """Cause → when it was told, of the troubles that are not known to be over."""

    def forget_troubles(self, causes: Collection[str]) -> None:
        """These are over; should they come again, they are told again."""

    def commit_notice(
        self,
        notice: Digest,
        rendered: Rendered,
        deliveries: Sequence[Delivery],
        told: Collection[str],
    ) -> None:
        """A notice, its deliveries, and which causes it told of. One transaction."""


class Store(SourceStore, ArticleStore, DigestStore, PastStore, OutboxStore, TroubleStore, Protocol):
    """All that survives a restart."""

    def notes(self) -> Mapping[str, str]:
        """Small facts by name, such as when the service last looked at its clock."""

    def set_note(self, name: str, value: str | None) -> None:
        """Writes a fact down; None takes it away."""

    def close(self) -> None:
        """Gives up connections; the store is not used afterwards."""
