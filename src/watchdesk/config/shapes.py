"""The shapes of the files' parts, key by key, as the contract names them."""

from datetime import timedelta
from typing import Annotated, Literal

import soupsieve
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from watchdesk.config.schedules import Schedule
from watchdesk.config.secrets import SecretRef
from watchdesk.config.settings import RuleOrder
from watchdesk.config.values import (
    Duration,
    Language,
    Listen,
    Period,
    ProxyOption,
    RateOption,
    Rules,
    Storage,
    Text,
    WebAddress,
    Zone,
    duration_text,
    parse_clock,
    parse_period,
    parse_zone,
)
from watchdesk.model import FullText


class Shape(BaseModel):
    """A mapping that has these keys and no others."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, arbitrary_types_allowed=True
    )


def _selector(value: object) -> str:
    try:
        soupsieve.compile(str(value))
    except soupsieve.SelectorSyntaxError as error:
        raise ValueError(
            f"'{value}' is not a CSS selector: {str(error).splitlines()[0].split('. ')[0]}"
        ) from None
    return str(value)


def _quiet(value: object) -> str:
    start, dash, end = str(value).partition("-")
    if not dash or parse_clock(start) == parse_clock(end):
        raise ValueError(f"'{value}' is not a span of the day; write it as 22:00-06:00")
    return str(value)


Selector = Annotated[str, BeforeValidator(_selector)]
Zoned = Annotated[str, BeforeValidator(lambda value: parse_zone(value).key)]


class Login(Shape):
    """HTTP basic authentication (RFC 7617)."""

    user: Text
    password: SecretRef


class Hint(Shape):
    """Where a site's pages hold the article, for one that needs it."""

    content: Selector | None = None
    """CSS of the element that holds the article."""
    remove: tuple[Selector, ...] = ()
    """CSS of what is clutter."""


class Select(Shape):
    """What a listing page's items are; all but `item` count from the item."""

    item: Selector
    """CSS of one item."""
    link: Selector = "a"
    """CSS of its link, which may be the item itself."""
    title: Selector | None = None
    """CSS of its title; the link's own words when left out."""
    date: Selector | None = None
    """CSS of its date."""


SOURCE_KINDS = ("feed", "sitemap", "page", "opml")


class SourceShape(Shape):
    """One source of sources.yaml; exactly one of feed, sitemap, page and opml says what it is."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": [kind]} for kind in SOURCE_KINDS],
            "dependentRequired": {"page": ["select"], "select": ["page"]},
        }
    )

    feed: WebAddress | None = None
    """Address of an RSS, Atom, RDF or JSON feed."""
    sitemap: WebAddress | None = None
    """Address of a news sitemap, of another sitemap, or of an index of them."""
    page: WebAddress | None = None
    """Address of a listing page without a feed."""
    select: Select | None = None
    """Which parts of a listing page are its items; a page needs it, and nothing else has it."""
    opml: Text | None = None
    """An OPML file, relative to this directory: every feed in it, under its folders' names as tags."""
    title: Text | None = None
    """What readers call the source."""
    tags: tuple[Text, ...] = ()
    """For rules that look at some sources only."""
    language: Language | None = None
    """Of its articles, in two letters, where the feed names none."""
    timezone: Zoned | None = None
    """Zone of dates that name none."""
    every: Period | None = None
    """How often it is polled; as in watchdesk.yaml when left out."""
    fastest: Period | None = None
    """It is polled no more often than this; as in watchdesk.yaml when left out."""
    slowest: Period | None = None
    """It is polled no less often than this; as in watchdesk.yaml when left out."""
    full_text: FullText | None = None
    """Whether its articles' own pages are fetched; as in watchdesk.yaml when left out."""
    headers: dict[str, Text] = Field(default_factory=dict)
    """Sent with each request to it."""
    auth: Login | None = None
    """HTTP basic authentication (RFC 7617)."""
    proxy: ProxyOption | None = None
    """Address of a proxy, http, https, socks5 or socks5h, or none; as polling.proxy when left out."""
    paused: bool = False
    """Not polled for now."""
    weight: Annotated[float, Field(gt=0, le=100)] = 1.0
    """How much its articles count in the order of a digest; 1 is ordinary."""
    article: Hint = Hint()
    """Where its pages hold the article, for a site that needs a hint."""

    @model_validator(mode="after")
    def _one_kind(self) -> "SourceShape":
        given = [kind for kind in SOURCE_KINDS if getattr(self, kind)]
        if len(given) != 1:
            raise ValueError("a source has exactly one of feed, sitemap, page and opml")
        return self

    @property
    def kind(self) -> str:
        """Which of `SOURCE_KINDS` it is."""
        return next(kind for kind in SOURCE_KINDS if getattr(self, kind))


LONGEST_TIMEOUT = timedelta(minutes=5)
"""Half of the time for which a delivery is leased."""


def _timeout(value: object) -> timedelta:
    timeout = parse_period(value)
    if timeout > LONGEST_TIMEOUT:
        raise ValueError(
            f"'{value}' is too long: it is at most {duration_text(LONGEST_TIMEOUT)}, half of the time "
            "for which a delivery is held before another process may send it again"
        )
    return timeout


class ChannelShape(Shape):
    """What any channel may say beside its kind."""

    timeout: Annotated[Period, BeforeValidator(_timeout)] | None = None
    """How long one sending may take in all, 5m at most; what its kind allows itself when left out."""
    concurrency: Annotated[int, Field(ge=1, le=20)] = 2
    """Deliveries under way to it at once; what is over it waits."""
    at_most: RateOption | None = None
    """Attempts in a length of time, such as 30/h, 5/min or 200/d; what is over it waits."""
    proxy: ProxyOption | None = None
    """webhook and chat only: address of a proxy, http, https, socks5 or socks5h, or none; when left out,
    those of the environment."""


class DigestShape(Shape):
    """One digest of watchdesk.yaml."""

    title: Text | None = None
    """Its subject line; made of its name when left out."""
    rules: Rules = ("all",)
    """all, or rule ids and tag:NAME."""
    at: Schedule = "once"
    """once: as soon as something matches; five fields as in crontab(5); or {spike: 4x}: when a rule's last
    hour holds so many times what is usual for the hour and the weekday."""
    gather: Duration | None = None
    """at once and spikes only: how long to wait for more of the same."""
    quiet: Annotated[str, BeforeValidator(_quiet)] | None = None
    """at once and spikes only: a span of the day in which nothing goes out, such as 22:00-06:00."""
    to: tuple[Text, ...]
    """Names of channels."""
    when_empty: Literal["send", "skip"] = "skip"
    """What a scheduled digest does when it holds nothing."""
    most: Annotated[int, Field(ge=1)] = 60
    """Stories shown; the rest are counted."""
    order: RuleOrder = RuleOrder.WEIGHT
    """weight: rules of high priority first, then those with the best story; file: as in the rules files."""
    timezone: Zone | None = None
    """Zone of this digest's schedule and of its readers; as the desk's when left out."""
    language: Language | None = None
    """Of this digest's own words and dates, in two letters; as the desk's when left out."""


class OperatorsShape(Shape):
    """Who is told of the service's own troubles."""

    to: tuple[Text, ...]
    """Names of channels."""


class WebShape(Shape):
    """The status page."""

    listen: Listen = "127.0.0.1:8680"
    """Address and port; null for no status page."""
    token: SecretRef | None = None
    """Needed for any address but loopback."""


class TopShape(Shape):
    """The single values of watchdesk.yaml."""

    timezone: Zone = parse_zone("UTC")
    """IANA name of the zone of schedules, and of times as readers see them."""
    language: Language = "en"
    """Of the digests' own words and dates, in two letters."""
    storage: Storage = "sqlite"
    """sqlite, in the state directory; or postgresql://user@host/database."""
    contact: Text | None = None
    """Told to the sites that are polled, in the User-Agent."""
