"""The store's interface for digests: queues, marks, history and silences."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from watchdesk.model import (
    Coverage,
    Delivery,
    Digest,
    DigestMark,
    MadeDigest,
    Queued,
    Rendered,
    Silence,
    Spread,
    Standing,
    Waited,
    WaitingMatch,
    WentOut,
)


class DigestStore(Protocol):
    """Queues of matches, and what went out."""

    def know_digests(self, names: Sequence[str], now: datetime) -> None:
        """Which digests there are: all of the configuration.

        Those not known before are remembered, with `now` as the start of their schedules; so is since when
        the others are gone. A digest that comes back after an hour or more begins its schedule again; before
        that it goes on with it, for another host of a fleet may have had it all along. What a clock that was
        ahead by mistake wrote is forgotten.
        """

    def digest_marks(self) -> Mapping[str, DigestMark]:
        """By digest name."""

    def waiting(self, digest_name: str) -> Sequence[WaitingMatch]:
        """Matches that wait for the digest, oldest first."""

    def queued(self, digest_name: str) -> Sequence[Queued]:
        """The same, as far as stories decide when they go out."""

    def release_unwanted(
        self, digest_name: str, sources: Mapping[int, int], wanted: int, now: datetime
    ) -> int:
        """Removes what too few sources told from the queue of a digest; returns how many.

        `sources`: by id of a place in the queue, how many told it; what waits no longer is left out. The
        match keeps that it was released, when, and both numbers.
        """

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

    def release_matches(
        self, digest_name: str, rule_ids: Collection[str], before: datetime, now: datetime | None = None
    ) -> int:
        """Removes these rules' older matches from the queue of a digest with spikes; returns how many.

        The match keeps that it was released, when (`now`, or else `before`), and why.
        """

    def went_out(self, digest_ids: Collection[str]) -> Mapping[str, WentOut]:
        """Digests that were made, by id, with their deliveries; pruned ones are left out."""

    def forget_digests(self, before: datetime, now: datetime | None = None) -> int:
        """Empties the queues of digests that were removed before then; returns how many digests."""

    def made_digests(
        self, name: str | None, limit: int, after: tuple[datetime, str] | None = None
    ) -> Sequence[MadeDigest]:
        """Digests and notices that have deliveries, of one name or all, the newest first.

        `after`: only those that come after the one with this time of making and this id.
        """

    def prune_digests(self, before: datetime, limit: int = 100) -> int:
        """Removes up to `limit` digests composed before then, with their deliveries; returns how many.

        Only those whose deliveries are all sent or dropped, and whose articles are gone.
        """


class HistoryStore(Protocol):
    """What came before a digest."""

    def last_included(self, digest_name: str, story_ids: Collection[int]) -> Mapping[int, datetime]:
        """By story, when a digest of this name last held it; stories it never held are left out."""

    def surely_included(self, digest_name: str, story_ids: Collection[int]) -> Mapping[int, datetime]:
        """The same, of articles that surely belong to their stories: they may hold others back."""

    def coverage(self, story_ids: Collection[int]) -> Mapping[int, Coverage]:
        """By story, the sources that tell it, by the stored articles that surely belong to it.

        They count whether a rule found them or not. Stories without any are left out.
        """

    def spread(self, story_id: int) -> Spread | None:
        """How many sources tell the story, and since when, counted as for `coverage`; None: none."""

    def not_wanted(self, digest_name: str, since: datetime) -> int:
        """How many articles the digest let go since then because too few sources told their stories."""

    def match_counts(
        self,
        rule_ids: Collection[str],
        spans: Sequence[tuple[datetime, datetime]],
        *,
        when_matched: bool = False,
    ) -> Mapping[str, Mapping[datetime, int]]:
        """By rule, how many news articles it found in each quarter of an hour of the spans.

        A span holds its start and not its end. Quarters without any are left out. An article counts when it
        was published, or, with `when_matched`, when the rule found it.
        """

    def archive_only(
        self, since: datetime, rule_ids: Collection[str] | None = None
    ) -> Mapping[Standing | None, int]:
        """How many articles these rules (None: all) matched since then that alert nobody, by the reason.

        A reason of None was not recorded.
        """

    def first_match_at(self, rule_ids: Collection[str]) -> datetime | None:
        """When the earliest article that these rules found happened."""

    def waiting_times(self, digest_name: str) -> Mapping[str, Sequence[Waited]]:
        """By rule, the times of each article that waits for the digest."""

    def silences(self, since: datetime) -> Sequence[Silence]:
        """Silences that end, or ended, at or after `since`; the earliest end first."""

    def silence(self, rule_id: str, since: datetime, until: datetime) -> Silence:
        """Mutes a rule."""

    def held_back(self, silence: Silence) -> int:
        """How many articles of its rule it holds back, or held back until it ended."""

    def end_silence(self, silence_id: int, now: datetime) -> Silence | None:
        """Ends a silence early; None if none with this id is running."""
