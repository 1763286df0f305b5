"""The settings: every key of watchdesk.yaml with its default and its meaning, declared here and nowhere else.

Checks, JSON Schema and the tables in docs/ come from these declarations: what stands below a key is what an
editor and the documentation show. `reader` reads the files and reports mistakes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from watchdesk.config.keep import KEPT, KeepOption
from watchdesk.config.network import Authorities, Proxies
from watchdesk.config.option_types import (
    CertificateFile,
    FirstPoll,
    Language,
    Networks,
    OptionalDuration,
    Period,
    ProxyOption,
    RateOption,
    Rules,
    SendTimeout,
    Size,
    Storage,
    Text,
    Zone,
)
from watchdesk.config.schedules import Gather, Quiet, Schedule
from watchdesk.config.secrets import Secret
from watchdesk.config.story_conditions import Only
from watchdesk.config.web import WebSettings
from watchdesk.model import ChannelLimits, FullText, ResolveLinks, Source

_DECLARES_KEYS = ConfigDict(extra="forbid")
_BARE = Source("", "")
"""What a source has that nobody configured."""


@dataclass(frozen=True, slots=True)
class PollingSettings:
    """How often and how hard the world is asked."""

    __pydantic_config__: ClassVar[ConfigDict] = _DECLARES_KEYS

    every: Period = _BARE.every
    """How often a source is polled, where nothing better is known."""
    fastest: Period = _BARE.fastest
    """A busy source is polled no more often than this."""
    slowest: Period = _BARE.slowest
    """A quiet or failing source is polled no less often than this."""
    concurrency: Annotated[int, Field(ge=1, le=1000)] = 32
    """Requests in progress at once, besides those that are slow."""
    workers: Annotated[int, Field(ge=1, le=64)] | None = None
    """Processes that poll, of which each may fill one core; as many as there are cores when left out."""
    per_host: Annotated[int, Field(ge=1, le=100)] = 2
    """Requests in progress at once to one host."""
    timeout: Period = timedelta(seconds=20)
    """How long an answer may take."""
    largest: Size = 10_000_000
    """The largest answer that is read, after decompression."""
    first_poll: FirstPoll = timedelta(days=3)
    """Entries of a new source older than this alert nobody. `all`: each may alert; `none`: no entry does."""
    private_addresses: Networks = False
    """Whether to `refuse` or `allow` private networks; or a list of those to allow: `[10.0.0.0/8]`."""
    proxy: ProxyOption | None = None
    """Address of a proxy (http, https, socks5 or socks5h), or `none`; the environment's when left out."""
    ca: CertificateFile | None = None
    """A PEM file with certificates of your own authority, trusted besides the system's."""


@dataclass(frozen=True, slots=True)
class ArticleSettings:
    """Which articles are kept, and how much of them."""

    __pydantic_config__: ClassVar[ConfigDict] = _DECLARES_KEYS

    full_text: FullText = _BARE.full_text
    """Whether to fetch the article's own page: `never`, `when-short` or `always`."""
    resolve_links: ResolveLinks = _BARE.resolve_links
    """Which links are asked where they lead: `never`, `known` (shorteners, feed proxies) or `always`."""
    oldest: OptionalDuration = timedelta(days=30)
    """Articles published longer ago than this when first seen are kept and alert nobody; `null`: no limit."""
    keep: KeepOption = KEPT
    """How long articles are kept; with `{age: 180d, size: 20GB}`, also how large SQLite's file may become."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelShape:
    """What any channel may say beside its kind."""

    __pydantic_config__: ClassVar[ConfigDict] = _DECLARES_KEYS

    timeout: SendTimeout | None = None
    """How long one attempt may take in all, 5m at most; what its kind allows itself when left out."""
    concurrency: Annotated[int, Field(ge=1, le=20)] = ChannelLimits().concurrency
    """Deliveries in flight to it at once; others wait."""
    at_most: RateOption | None = None
    """Attempts in a second, minute, hour or day: `1/s`, `5/min`, `30/h`, `200/d`; others wait."""
    proxy: ProxyOption | None = None
    """For `webhook` and `chat`: address of a proxy, or `none`; the environment's when left out."""
    on: Annotated[str, Field(min_length=1)] | None = None
    """The machine that alone sends to it, by the name that `hostname` prints; any when left out."""


@dataclass(frozen=True, slots=True)
class ChannelSettings(ChannelShape):
    """A named way to people: its kind (a key of the channel registry) and that kind's own options."""

    name: str
    kind: str
    options: BaseModel
    proxies: Proxies = Proxies()
    """The proxies it goes through."""

    def limits(self, host: str) -> ChannelLimits:
        """What the outbox obeys on the machine of this name."""
        return ChannelLimits(0 if self.elsewhere(host) else self.concurrency, self.at_most)

    def elsewhere(self, host: str) -> str | None:
        """The machine that alone sends to it, where that is not the one of this name."""
        named = self.on and self.on.lower()
        return self.on if named and named not in (host.lower(), host.lower().partition(".")[0]) else None


class RuleOrder(StrEnum):
    """In which order rules stand in a digest."""

    WEIGHT = "weight"
    """By priority, then by the best story."""
    FILE = "file"
    """As in the rules files, by the files' names."""


class Updates(StrEnum):
    """What becomes of news of a story that the digest told before."""

    SHOW = "show"
    """It is shown like other news."""
    HOLD = "hold"
    """It is listed by its headline when the digest goes out next, and does not make it go out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestShape:
    """One digest of watchdesk.yaml."""

    __pydantic_config__: ClassVar[ConfigDict] = _DECLARES_KEYS

    title: Text | None = None
    """Begins the subject and heads the page; made from the name when left out."""
    rules: Rules = ("all",)
    """`all`, or a list of rule ids and `tag:NAME`."""
    at: Schedule = "once"
    """`once`: as soon as something matches. Five fields as in crontab(5), in the digest's zone.
    `{spike: 4x}`: when a rule's last hour holds four times what is usual for that hour and weekday; the
    digest then holds what these rules found."""
    gather: Gather = timedelta(0)
    """With `once` and spikes: how long to wait for more of the same, such as `5m`."""
    quiet: Quiet | None = None
    """With `once` and spikes: a span of the day, such as `22:00-06:00`, in which nothing goes out. What was
    found goes out together at its end. Rules of high priority go out all the same."""
    to: tuple[Text, ...]
    """Names of channels."""
    when_empty: Literal["send", "skip"] = "skip"
    """With a schedule: whether to `send` or `skip` a digest that holds nothing."""
    most: Annotated[int, Field(ge=1)] = 60
    """Stories shown in full, dealt to the rules in turn; the others are headlines, or counted."""
    order: RuleOrder = RuleOrder.WEIGHT
    """`weight`: rules of high priority first, then those with the best story. `file`: as in their files."""
    only: Only | None = None
    """Only stories that so many sources tell: `{sources: ">= 3"}`. Others wait for more sources, for 48 hours
    at most; the foot counts what was not wanted."""
    updates: Updates = Updates.SHOW
    """News of a story that this digest told before: `show`; or `hold`, which lists it by its headline in the
    next digest of this name, and makes none go out."""
    timezone: Zone | None = None
    """For the schedule, quiet hours, and the times shown; the desk's when left out."""
    language: Language | None = None
    """For the digest's own words and dates, in two letters; the desk's when left out."""
    owner: tuple[Text, ...] = ()
    """Names of channels that hear of its troubles, as the operators do."""

    @property
    def schedule(self) -> str | None:
        """crontab(5) in the digest's timezone; None for `at: once` and for spikes."""
        return self.at if isinstance(self.at, str) and self.at != "once" else None

    @property
    def spike(self) -> float | None:
        """How many times the usual a rule's last hour must hold; None where the digest asks for no spikes."""
        return self.at if isinstance(self.at, float) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSettings(DigestShape):
    """A subscription: which rules, when, to which channels."""

    name: str
    title: str

    @classmethod
    def of(cls, name: str, shape: DigestShape) -> "DigestSettings":
        """The digest of this name, as its file has it."""
        title = shape.title or name.replace("-", " ").capitalize()
        return cls(**(keys_of(shape) | {"name": name, "title": title}))

    def takes(self, rule_id: str, tags: frozenset[str]) -> bool:
        """Whether a rule's matches belong in this digest."""
        return (
            self.rules == ("all",) or rule_id in self.rules or any(f"tag:{tag}" in self.rules for tag in tags)
        )


OPERATORS = "operators"
"""The name of the service's own notices in the outbox. No digest may have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopShape:
    """The single values of watchdesk.yaml."""

    __pydantic_config__: ClassVar[ConfigDict] = _DECLARES_KEYS

    timezone: Zone = ZoneInfo("UTC")
    """IANA name of the zone of schedules, and of times as readers see them."""
    language: Language = "en"
    """Of the digests' own words and dates, in two letters."""
    storage: Storage = "sqlite"
    """`sqlite`, in the state directory; or `postgresql://user@host/database`."""
    contact: Text | None = None
    """Given to the sites that are polled, in the User-Agent."""
    reload: Literal["auto", "signal"] = "auto"
    """`auto`: the running service reads saved files by itself, after a quiet second; `signal`: at SIGHUP."""


@dataclass(frozen=True, slots=True)
class Settings(TopShape):
    """All of `watchdesk.yaml` and `sources.yaml`."""

    directory: Path
    polling: PollingSettings = PollingSettings()
    articles: ArticleSettings = ArticleSettings()
    channels: Mapping[str, ChannelSettings] = field(default_factory=dict)
    digests: Mapping[str, DigestSettings] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    proxies: Proxies = Proxies()
    """The proxies that polls go through, unless a source has its own."""
    authorities: Authorities = Authorities()
    """Whose certificates are trusted."""
    operators: tuple[str, ...] = ()
    """Channels that get notices of the service's own troubles."""
    heartbeat: Secret | None = None
    """The address of an outside watcher, which is asked while the service is ready."""
    web: WebSettings = field(default_factory=WebSettings)
    """The page and the API."""
    present: frozenset[str] = frozenset()
    """The keys that stand at the top of watchdesk.yaml, whatever their values."""


def keys_of(shape: ChannelShape | DigestShape | TopShape) -> dict[str, Any]:
    """Each key that the file may have there, with its value."""
    return {key.name: getattr(shape, key.name) for key in fields(shape)}
