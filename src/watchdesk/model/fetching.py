"""What may come of a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


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


FetchOutcome = Fetched | NotModified | Gone | Throttled | Failed
