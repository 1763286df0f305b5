"""The interfaces to the outside: the web, and people."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from watchdesk.model import (
    Account,
    FetchOutcome,
    Parcel,
    Probed,
    SendOutcome,
    Source,
    SourceState,
    Validators,
)


class Fetcher(Protocol):
    """Reads the web. Never raises for what a server or a network may do."""

    def fetch(self, source: Source, state: SourceState) -> FetchOutcome:
        """Requests the source's document, conditionally on what `state` remembers (RFC 9110 §13.1)."""

    def part(self, url: str, source: Source, validators: Validators) -> FetchOutcome:
        """Requests a further document of the source: a part that its own one leads to, or an older page.

        Conditional on what is remembered of that document.
        """

    def page(self, url: str, source: Source) -> FetchOutcome:
        """Requests an article's own page, with the politeness and the settings of its source."""

    def target(self, url: str, source: Source) -> FetchOutcome:
        """Asks where an address leads, with the politeness of `page`.

        The document there is not asked for: it is `Fetched` with its address and no body. An address that
        leads nowhere else is `Fetched` itself.
        """

    def restore_backoffs(self, sources: Iterable[Source], states: Mapping[str, SourceState]) -> None:
        """Resumes the back-off of hosts that asked for it before a restart, from these states."""


class Channel(Protocol):
    """Takes a digest to people. Never raises for what a receiver may do."""

    def send(self, parcel: Parcel, now: datetime) -> SendOutcome:
        """Sends once. Repeats have the same identity and, except for time stamps, the same bytes."""


@runtime_checkable
class Inspected(Protocol):
    """What a channel may offer besides: what can be seen to be wrong with it without a connection."""

    def mistakes(self) -> Sequence[str]:
        """A sentence for each of its secrets that can be read and cannot be used, without its value."""


@runtime_checkable
class Probing(Protocol):
    """What a channel may offer besides: it tries the way to its receiver."""

    def probe(self, account: Account) -> Sequence[Probed]:
        """Goes as far as a delivery would without sending, writing or making anything; an answer for each
        receiver, or part of the way.

        `account`: whom the service runs as, for folders. Never raises for what a receiver may do.
        """
