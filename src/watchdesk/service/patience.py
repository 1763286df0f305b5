"""How long servers keep a poll waiting, by which the poller knows the slow ones."""

import time
from collections.abc import Iterable, Mapping

from watchdesk.model import FetchOutcome, Source, SourceState, Validators
from watchdesk.ports import Fetcher


class TimedFetcher:
    """A `Fetcher` for one poll that passes everything on, and remembers the longest wait."""

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

    def hold_all(self, sources: Iterable[Source], states: Mapping[str, SourceState]) -> None:
        """See `ports.Fetcher.hold_all`."""
        self._fetcher.hold_all(sources, states)

    def _took(self, since: float) -> None:
        self.longest = max(self.longest, time.monotonic() - since)
