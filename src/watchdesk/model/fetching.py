"""The outcomes of a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never


@dataclass(frozen=True, slots=True)
class Fetched:
    """The server sent a body."""

    body: bytes
    url: str
    """Where it came from, after redirects."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    moved_to: str | None = None
    """The new address, when every redirect on the way was permanent (301, 308)."""


@dataclass(frozen=True, slots=True)
class NotModified:
    """304: nothing new since the validators we sent."""

    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 304
    moved_to: str | None = None
    """As of `Fetched`."""


@dataclass(frozen=True, slots=True)
class Gone:
    """410: the publisher asks us to stop."""

    status: int = 410


@dataclass(frozen=True, slots=True)
class Throttled:
    """429 or 503: come back later. `after` is what Retry-After asked for, if it did."""

    status: int
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """No usable answer; `reason` is one sentence for the person who follows the feed."""

    reason: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Unreached(Failed):
    """Nothing came from the server: no connection to it came about, or it broke off. The fault may be in
    this machine's own network.
    """


@dataclass(frozen=True, slots=True)
class Held:
    """Not asked at all: the host asked to be left alone until then."""

    until: datetime


FetchOutcome = Fetched | NotModified | Gone | Throttled | Held | Failed


def without_body(outcome: NotModified | Gone | Throttled | Held | Failed) -> str:
    """Why there is nothing to read, in words for the person who follows the source."""
    match outcome:
        case Failed(reason=reason):
            return reason
        case Held(until=until):
            return f"its host is left alone until {until:%Y-%m-%d %H:%M} UTC, as it asked or as it is busy"
        case Throttled(status=status):
            return f"the server asks us to come less often (HTTP {status})"
        case NotModified(status=status) | Gone(status=status):
            return f"there is nothing to read (HTTP {status})"
        case _:
            assert_never(outcome)
