"""The checked settings, as values: what the files say, with every default filled in.

How they are read from files, and how mistakes are told, is left to `reader`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from watchdesk.config.network import Authorities, Proxies
from watchdesk.config.values import (
    CertificateFile,
    FirstPoll,
    Networks,
    OptionalDuration,
    Period,
    ProxyOption,
    Size,
)
from watchdesk.model import ChannelLimits, FullText, Rate, Source


@dataclass(frozen=True, slots=True)
class PollingSettings:
    """How often and how hard the world is asked."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    every: Period = timedelta(minutes=15)
    """How often a source is polled, where nothing better is known."""
    fastest: Period = timedelta(minutes=2)
    """A busy source is polled no more often than this."""
    slowest: Period = timedelta(hours=12)
    """A quiet or failing source is polled no less often than this."""
    concurrency: Annotated[int, Field(ge=1, le=1000)] = 32
    """Requests under way at once, besides those that are slow."""
    per_host: Annotated[int, Field(ge=1, le=100)] = 2
    """Requests under way at once to one host."""
    timeout: Period = timedelta(seconds=20)
    """How long an answer may take."""
    largest: Size = 10_000_000
    """The largest answer that is taken, in bytes after decompression."""
    first_poll: FirstPoll = timedelta(days=3)
    """A new source's entries older than this alert nobody; None: all of them may alert, zero: none may."""
    private_addresses: Networks = False
    """Whether addresses of private networks may be asked; or the networks, in CIDR form."""
    proxy: ProxyOption | None = None
    """Address of a proxy, http, https, socks5 or socks5h, or none; when left out, HTTPS_PROXY, HTTP_PROXY,
    ALL_PROXY and NO_PROXY of the environment."""
    ca: CertificateFile | None = None
    """A PEM file with the certificates of an authority of your own, believed besides the system's."""


@dataclass(frozen=True, slots=True)
class ArticleSettings:
    """What is taken in and kept."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    full_text: FullText = FullText.WHEN_SHORT
    """Whether the article's own page is fetched besides its feed entry."""
    oldest: OptionalDuration = timedelta(days=30)
    """Published longer ago than this when first seen: archive only. None: no limit."""
    keep: Period = timedelta(days=180)
    """How long articles are kept."""


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """A named way to people: its kind (a key of the channel registry) and that kind's own options."""

    name: str
    kind: str
    options: BaseModel
    timeout: timedelta | None = None
    """How long one sending may take in all; None: what the kind allows itself."""
    concurrency: int = 2
    """Deliveries under way to it at once."""
    at_most: Rate | None = None
    """Attempts in a length of time; what is over it waits."""
    proxies: Proxies = Proxies()
    """The ways it goes by."""

    @property
    def limits(self) -> ChannelLimits:
        """What the outbox obeys."""
        return ChannelLimits(self.concurrency, self.at_most)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A span of local time, over midnight when `start` is after `end`."""

    start: time
    end: time


class RuleOrder(StrEnum):
    """In which order rules stand in a digest."""

    WEIGHT = "weight"
    """By priority, then by the best story."""
    FILE = "file"
    """As in the rules files, by the files' names."""


@dataclass(frozen=True, slots=True)
class DigestSettings:
    """A subscription: which rules, when, to which channels."""

    name: str
    title: str
    rules: tuple[str, ...]
    """Rule ids and `tag:NAME`; ("all",) for every rule."""
    to: tuple[str, ...]
    schedule: str | None = None
    """crontab(5) in the digest's timezone; None for `at: once` and for spikes."""
    spike: float | None = None
    """`at: {spike: 4x}`: how many times the usual a rule's last hour must hold."""
    gather: timedelta = timedelta(0)
    """`at: once` only: how long to wait for more of the same."""
    quiet: QuietHours | None = None
    when_empty_send: bool = False
    most: int = 60
    order: RuleOrder = RuleOrder.WEIGHT
    timezone: ZoneInfo | None = None
    """Of its readers; None: the desk's."""
    language: str | None = None
    """Of its readers, ISO 639-1; None: the desk's."""

    def takes(self, rule_id: str, tags: frozenset[str]) -> bool:
        """Whether a rule's matches belong in this digest."""
        return (
            self.rules == ("all",) or rule_id in self.rules or any(f"tag:{tag}" in self.rules for tag in tags)
        )


OPERATORS = "operators"
"""What notices of the service's own troubles are called in the outbox, and so no digest may be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All of `watchdesk.yaml` and `sources.yaml`."""

    directory: Path
    timezone: ZoneInfo = ZoneInfo("UTC")
    language: str = "en"
    storage: str = "sqlite"
    contact: str | None = None
    polling: PollingSettings = PollingSettings()
    articles: ArticleSettings = ArticleSettings()
    channels: Mapping[str, ChannelSettings] = field(default_factory=dict)
    digests: Mapping[str, DigestSettings] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    proxies: Proxies = Proxies()
    """The ways that polls go by, unless a source has its own."""
    authorities: Authorities = Authorities()
    """Whose certificates are believed."""
    operators: tuple[str, ...] = ()
    """Channels that are told of the service's own troubles."""
