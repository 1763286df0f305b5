"""The store's interface for sources, articles and their pages."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from watchdesk.errors import StorageError
from watchdesk.model import (
    Appointment,
    Article,
    FoundLater,
    Ingested,
    Known,
    Membership,
    Merge,
    PageToFetch,
    PollPart,
    Recalled,
    SaidBefore,
    SourceCondition,
    SourceState,
    SourceSummary,
    Stored,
    StoredMatch,
    Wording,
)
from watchdesk.model.archive import RuleMatch
from watchdesk.ports.archive import Archive


class SourceStore(Protocol):
    """What is remembered of sources."""

    def source_states(self, source_ids: Collection[str] | None = None) -> Mapping[str, SourceState]:
        """By source id, the states of those of the sources that were ever polled; None: of all sources."""

    def appointments(self) -> Mapping[str, Appointment]:
        """When each source that was ever polled is next due, by id."""

    def conditions(self) -> Mapping[str, SourceCondition]:
        """How each source that was ever polled was read, by id."""

    def summaries(self) -> Mapping[str, SourceSummary]:
        """What a person is shown of each source that was ever polled, by id."""

    def save_states(self, states: Sequence[SourceState]) -> Mapping[str, str]:
        """Records polls that brought no article; returns the ids of refused states, and why.

        A state with a value that cannot be stored costs the others nothing.
        """


class PollReads(Protocol):
    """What one poll reads."""

    def known(self, source_id: str, keys: Sequence[str]) -> Mapping[str, Known]:
        """Those of `keys` under which entries of the source are stored."""

    def versions(self, article_ids: Sequence[int]) -> Mapping[int, Article]:
        """Stored articles by id, as they are now; those that are gone are left out."""

    def wordings(self, article_ids: Sequence[int]) -> Mapping[int, Wording]:
        """What the entries of stored articles said, of those whose own pages were read since."""

    def recent_articles(self, source_id: str, limit: int) -> Sequence[Article]:
        """The newest stored articles of one source, the newest first."""

    def recent_lines(self, source_id: str, limit: int) -> Sequence[tuple[str, bytes | None]]:
        """Of the same articles: their names, and their lines as hashes (`articles.line_counts`)."""


class PollStore(PollReads, Protocol):
    """What one poll reads and writes."""

    def ingest(
        self,
        items: Sequence[Ingested],
        state: SourceState | None,
        now: datetime,
        recalled: Sequence[Recalled] = (),
    ) -> Sequence[Stored]:
        """A poll in one transaction: articles, stories, matches, their places in digests, the state.

        An item of which a value cannot be stored is refused alone, and reported in the state's trouble.

        `state`: None while more of the same poll follows; what was not recorded is polled again.
        `recalled`: entries that are stored already: that they are listed, and further keys of theirs.

        May run twice with the same items: what is stored already is not stored again, and no match
        is placed twice. The answers stand in the order of `items`, which are all of one source.
        """

    def claim_page(self, page: PageToFetch, next_try: datetime) -> bool:
        """Counts a try before it is made, so that a process that dies in it leaves the page for
        `next_try`.

        False if another process has requested the page meanwhile, or it is no longer wanted.
        """

    def put_off_page(self, page: PageToFetch) -> None:
        """Keeps the result of a failed try: `tries`, `next_try` and `error`."""

    def forget_page(self, page: PageToFetch) -> None:
        """Stops fetching the page."""

    def take_page(self, page: PageToFetch, item: Ingested, now: datetime) -> Stored | None:
        """In one transaction: writes the article with its page's text and its new matches, and forgets
        the page.

        None if another process was faster, or the article is gone.
        """


class PageStore(Protocol):
    """Articles' own pages that are still to be fetched."""

    def pages_to_fetch(
        self,
        due: datetime | None = None,
        tried_less_than: int = 0,
        limit: int = 1000,
        source_ids: Collection[str] | None = None,
    ) -> Sequence[PageToFetch]:
        """Pages due at `due`, and pages tried fewer than `tried_less_than` times; None: all. The next to
        try first. `source_ids`: of these sources alone.
        """

    def missing_page(self, article_id: int) -> PageToFetch | None:
        """The page of one article, if it is still to be fetched."""

    def prune_pages(self, before: datetime) -> int:
        """Forgets pages that were first requested before then."""


class StoryStore(Protocol):
    """Why articles are in their stories."""

    def memberships(self, article_ids: Sequence[int]) -> Mapping[int, Membership]:
        """By article id; articles from before reasons were kept are left out."""

    def story_articles(self, story_id: int) -> Sequence[int]:
        """Ids of the stored articles of a story and of those merged into it, by first seen."""

    def merges(self, story_id: int) -> Sequence[Merge]:
        """Stories that are this one by now, as they were merged, in order."""


class ArticleStore(PollStore, PageStore, StoryStore, Archive, Protocol):
    """The archive."""

    def ingest_together(self, parts: Sequence[PollPart]) -> Sequence[Sequence[Stored] | StorageError]:
        """Several polls in one transaction, in order; of each what `ingest` gives, or would raise.

        Each is recorded as a whole or not at all: where one of them cannot be written beside the others,
        each is written in a transaction of its own.
        """

    def article(self, article_id: int) -> Article | None:
        """A stored article by its id."""

    def articles_by_url(self, url: str, url_key: str | None, limit: int) -> Sequence[Article]:
        """Stored articles with this address, then those that only share this key; newest first within
        each.
        """

    def articles(self, since: datetime | None = None, limit: int | None = None) -> Iterator[Article]:
        """Stored articles first seen at or after `since`, newest first; read lazily."""

    def find_later(self, found: Sequence[FoundLater], now: datetime) -> Sequence[FoundLater]:
        """What rules found by looking back, in one transaction: matches, and their places in digests.

        Returns those that are new. Left out are articles that are gone, those that the rule had matched, and
        undated ones of their source's first poll, which may be of any age. A digest that held the article
        before does not get it again; the match keeps that.
        """

    def matches(self, article_id: int) -> Sequence[StoredMatch]:
        """The stored matches of an article."""

    def said_before(self, article_id: int) -> SaidBefore:
        """What a stored article said before its source corrected it, for as long as the article is kept.

        That its own page was read in place of what its feed gives is no correction.
        """

    def rule_matches(self, rule_id: str, since: datetime, limit: int) -> Sequence[RuleMatch]:
        """What the rule matched since then, the newest match first; without the clutter of the articles."""

    def match_totals(self, rule_ids: Collection[str], since: datetime) -> Mapping[str, int]:
        """By rule, how many articles it matched since then; rules without any are left out."""

    def article_times(
        self, source_id: str, since: datetime, limit: int
    ) -> Sequence[tuple[datetime, datetime]]:
        """Of the source's articles that were first seen since then, the newest first: when each was first
        seen, and when it happened.
        """

    def sources_at(self, site: str, since: datetime) -> Collection[str]:
        """Ids of sources whose articles, first seen at or after `since`, have addresses in this domain."""

    def article_counts(self, since: datetime) -> Mapping[str, int]:
        """New articles by source id, first seen at or after `since`."""

    def arrivals(self, source_id: str, since: datetime, limit: int) -> Sequence[datetime]:
        """When the latest articles of a source were first seen, in order; `limit` of them at most."""

    def article_counts_between(self, moments: Sequence[datetime]) -> Sequence[int]:
        """New articles of all sources from each of the moments to the next, which are in order."""

    def languages(self, since: datetime) -> frozenset[str]:
        """The languages of articles first seen at or after `since`, without regions (`de` of `de-AT`)."""

    def prune(self, before: datetime, limit: int = 1000, below: int | None = None) -> int:
        """Removes up to `limit` articles first seen before; never one that waits for a digest.

        `below`: only those with a smaller number, which came before the one that has it.
        Their keys stay, so that a feed that still lists them does not bring them back.
        """

    def prune_oldest(self, before: datetime, limit: int) -> Sequence[datetime]:
        """Removes up to `limit` articles first seen before, in the order in which they came; when each was.

        Otherwise as `prune`, but by what later articles would be compared with them goes as well.
        """
