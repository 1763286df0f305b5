"""The store's interface for looking back: search, backtests, habits of rules, previews."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Protocol

from watchdesk.model.archive import ArchivePage, IndexCoverage, LookBack


class Archive(Protocol):
    """The archive, read back in time without holding up anybody who writes it."""

    def look_back(self, asked: LookBack) -> Iterator[ArchivePage]:
        """The articles asked for, newest first, a page at a time.

        No transaction is open between two pages, so that the reader may take its time. An article that is
        rewritten or pruned meanwhile is read as it is when its page is. Each article comes once.
        """

    def index_coverage(self) -> IndexCoverage:
        """How much of the archive the index has; cheap."""

    def article_count(self, since: datetime) -> int:
        """How many articles were first seen at or after `since`."""

    def oldest_article(self, since: datetime | None) -> datetime | None:
        """When the oldest article of those first seen at or after `since` was first seen; None: of all."""

    def last_matches(self) -> Mapping[str, datetime]:
        """By rule id, when each rule last matched."""

    def interrupt(self) -> None:
        """Stops every statement that runs now, from whichever thread; it fails with `StorageError`."""
