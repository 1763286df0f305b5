"""The shapes of the files' parts, key by key, as the contract names them."""

from typing import Annotated, Literal

import soupsieve
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from watchdesk.config.secrets import SecretRef
from watchdesk.config.values import (
    Duration,
    Language,
    Listen,
    Period,
    Proxy,
    Rules,
    Schedule,
    Storage,
    Text,
    WebAddress,
    Zone,
    parse_clock,
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
    """What a listing page's items are."""

    item: Selector
    link: Selector = "a"
    title: Selector | None = None
    date: Selector | None = None


class SourceShape(Shape):
    """One source of sources.yaml; exactly one of feed, sitemap, page and opml says what it is."""

    feed: WebAddress | None = None
    """Address of an RSS, Atom, RDF or JSON feed."""
    sitemap: WebAddress | None = None
    """Address of a news sitemap."""
    page: WebAddress | None = None
    """Address of a listing page without a feed."""
    select: Select | None = None
    opml: Text | None = None
    """An OPML file with subscriptions."""
    title: Text | None = None
    tags: tuple[Text, ...] = ()
    language: Language | None = None
    timezone: Zoned | None = None
    """Zone of dates that name none."""
    every: Period | None = None
    fastest: Period | None = None
    slowest: Period | None = None
    full_text: FullText | None = None
    headers: dict[str, Text] = Field(default_factory=dict)
    auth: Login | None = None
    proxy: Proxy | None = None
    paused: bool = False
    article: Hint = Hint()

    @model_validator(mode="after")
    def _one_kind(self) -> "SourceShape":
        given = [kind for kind in ("feed", "sitemap", "page", "opml") if getattr(self, kind)]
        if len(given) != 1:
            raise ValueError("a source has exactly one of feed, sitemap, page and opml")
        return self


class DigestShape(Shape):
    """One digest of watchdesk.yaml."""

    title: Text | None = None
    rules: Rules = ("all",)
    """all, or rule ids and tag:NAME."""
    at: Schedule = "once"
    """once: as soon as something matches; or five fields as in crontab(5)."""
    gather: Duration | None = None
    """at once only: how long to wait for more of the same."""
    quiet: Annotated[str, BeforeValidator(_quiet)] | None = None
    """at once only: a span of the day in which nothing goes out, such as 22:00-06:00."""
    to: tuple[Text, ...]
    """Names of channels."""
    when_empty: Literal["send", "skip"] = "skip"
    most: Annotated[int, Field(ge=1)] = 60
    """Stories shown; the rest are counted."""


class OperatorsShape(Shape):
    """Who is told of the service's own troubles."""

    to: tuple[Text, ...]


class WebShape(Shape):
    """The status page."""

    listen: Listen = "127.0.0.1:8680"
    token: SecretRef | None = None


class TopShape(Shape):
    """The single values of watchdesk.yaml."""

    timezone: Zone = parse_zone("UTC")
    language: Language = "en"
    storage: Storage = "sqlite"
    contact: Text | None = None
