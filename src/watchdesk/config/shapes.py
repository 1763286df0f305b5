"""The shapes of sources.yaml, and of parts of watchdesk.yaml that hold no settings, key by key.

The settings themselves, with their defaults, are declared in `settings`.
"""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from watchdesk.config.option_types import (
    Language,
    Period,
    ProxyOption,
    SecretAddress,
    Text,
    WebAddress,
)
from watchdesk.config.secrets import SecretRef
from watchdesk.config.values import parse_zone
from watchdesk.model import FullText, ResolveLinks


class Shape(BaseModel):
    """A mapping that has these keys and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def selector(value: object) -> str:
    """CSS, as it is written. Raises `ValueError`, which says what is wrong with it."""
    import soupsieve  # noqa: PLC0415 - heavy, and few sources have selectors

    try:
        soupsieve.compile(str(value))
    except soupsieve.SelectorSyntaxError as error:
        raise ValueError(
            f"'{value}' is not a CSS selector: {str(error).splitlines()[0].split('. ')[0]}"
        ) from None
    return str(value)


Selector = Annotated[str, BeforeValidator(selector)]
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
    resolve_links: ResolveLinks | None = None
    """Which of its links are asked where they lead; as in watchdesk.yaml when left out."""
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
        for kind in SOURCE_KINDS:
            if getattr(self, kind):
                return kind
        raise AssertionError("a source without a kind is refused")


class OperatorsShape(Shape):
    """Who gets notices of the service's own troubles."""

    to: tuple[Text, ...]
    """Names of channels."""


class HeartbeatShape(Shape):
    """An outside watcher, which notices when watchdesk does not work: Healthchecks, Uptime Kuma."""

    url: SecretAddress
    """Its address, or where that is kept: asked once a minute while watchdesk does its work in time."""
