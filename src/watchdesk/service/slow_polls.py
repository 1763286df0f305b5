"""What makes a poll slow: servers that take long to answer, and documents that take long to read."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from watchdesk.model import Article, Entry, Fetched, FetchOutcome, ParsedFeed, Source, SourceState, Validators
from watchdesk.plan import Document, DocumentReader
from watchdesk.ports import Fetcher

LARGE = 250_000
"""Bytes from which reading a document may take long; few feeds are as large."""


def reading_off_host(
    read: DocumentReader, off_host: Callable[[], AbstractContextManager[None]]
) -> DocumentReader:
    """For one poll: reads large documents within `off_host`, since their host is not asked meanwhile.

    So other sources of that host can be polled, however large the document is.
    """
    large = False

    def document(answer: Fetched, source: Source, normalised_at: datetime | None) -> Document:
        nonlocal large
        large = len(answer.body) > LARGE
        with off_host() if large else nullcontext():
            return read.document(answer, source, normalised_at)

    def articles(
        entries: Sequence[Entry], feed: ParsedFeed, source: Source, now: datetime
    ) -> tuple[Article, ...]:
        with off_host() if large else nullcontext():
            return read.articles(entries, feed, source, now)

    def page(answer: Fetched, source: Source, now: datetime) -> Article:
        with off_host() if len(answer.body) > LARGE else nullcontext():
            return read.page(answer, source, now)

    return DocumentReader(document, articles, page)


class TimedFetcher:
    """A `Fetcher` for one poll that passes everything on and measures the longest wait."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self.longest = 0.0
        """Seconds."""

    def fetch(self, source: Source, state: SourceState) -> FetchOutcome:
        """See `ports.Fetcher.fetch`."""
        since = time.monotonic()
        try:
            return self._fetcher.fetch(source, state)
        finally:
            self._took(since)

    def part(self, url: str, source: Source, validators: Validators) -> FetchOutcome:
        """See `ports.Fetcher.part`."""
        since = time.monotonic()
        try:
            return self._fetcher.part(url, source, validators)
        finally:
            self._took(since)

    def page(self, url: str, source: Source) -> FetchOutcome:
        """See `ports.Fetcher.page`."""
        since = time.monotonic()
        try:
            return self._fetcher.page(url, source)
        finally:
            self._took(since)

    def target(self, url: str, source: Source) -> FetchOutcome:
        """See `ports.Fetcher.target`."""
        since = time.monotonic()
        try:
            return self._fetcher.target(url, source)
        finally:
            self._took(since)

    def restore_backoffs(self, sources: Iterable[Source], states: Mapping[str, SourceState]) -> None:
        """See `ports.Fetcher.restore_backoffs`."""
        self._fetcher.restore_backoffs(sources, states)

    def _took(self, since: float) -> None:
        self.longest = max(self.longest, time.monotonic() - since)
