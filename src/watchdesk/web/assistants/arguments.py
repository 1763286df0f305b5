"""What the tools take. Each field is checked; what stands below it is its description for the assistant."""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from watchdesk.web.api.parameters import Cursor, Number
from watchdesk.web.api.playground import SourcesBody
from watchdesk.web.api.sources import Health

LONGEST_QUERY = 10_000
"""Characters."""
LONGEST_TEXT = 50_000
"""Characters of a text that is tried."""

Rows = Annotated[int, Field(ge=1, le=20)]
Query = Annotated[str, Field(max_length=LONGEST_QUERY)]
Id = Annotated[str, Field(min_length=1, max_length=200)]
Age = Annotated[str, Field(max_length=20)]
Score = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class Search:
    """Of `search_archive` and `list_stories`."""

    query: Query = ""
    """Of the rule language; empty: the newest articles, whatever they say."""
    since: Age = ""
    """Only articles that were first seen this recently: `12h`, `30d`. Empty: however old."""
    limit: Rows = 10
    """Articles of an answer, 1 to 20."""
    cursor: Cursor | None = None
    """To go on: the `next` of the answer before, with the same query. Left out: from the newest on."""


@dataclass(frozen=True)
class OneArticle:
    """Of `get_article`."""

    id: Number
    """The article's number, as lists give it."""
    text_from: Annotated[int, Field(ge=0, le=100_000_000)] = 0
    """The character of the text to begin with, to go on with a long one."""


@dataclass(frozen=True)
class Explain:
    """Of `explain_article`."""

    id: Number
    """The article's number, as lists give it."""
    rule: Id
    """The id of a rule, as `list_rules` gives it."""


@dataclass(frozen=True)
class OneStory:
    """Of `get_story`."""

    id: Number
    """The story's number, as `list_stories` and `get_article` give it."""


@dataclass(frozen=True)
class Digests:
    """Of `list_digests`."""

    digest: Id | None = None
    """Only digests of this name; `operators`: notices of the service. Left out: all."""
    limit: Rows = 10
    """Digests of an answer, 1 to 20."""
    cursor: Cursor | None = None
    """To go on: the `next` of the answer before. Left out: from the newest on."""


@dataclass(frozen=True)
class One:
    """Of `get_digest`, `get_source` and `get_rule`."""

    id: Id
    """As the list gives it."""


@dataclass(frozen=True)
class Sources:
    """Of `list_sources`."""

    health: Health | None = None
    """Only sources in this state; `look`: those that a person should see. Left out: all."""
    text: Annotated[str, Field(max_length=200)] = ""
    """Only sources with this in their id, title, address or a tag."""
    limit: Rows = 20
    """Sources of an answer, 1 to 20."""
    cursor: Cursor | None = None
    """To go on: the `next` of the answer before. Left out: from the beginning."""


@dataclass(frozen=True)
class Rules:
    """Of `list_rules`."""

    days: Annotated[int, Field(ge=1, le=90)] = 30
    """How many days back matches are counted, 1 to 90."""
    limit: Rows = 20
    """Rules of an answer, 1 to 20."""
    cursor: Cursor | None = None
    """To go on: the `next` of the answer before. Left out: from the beginning."""


@dataclass(frozen=True)
class Try:
    """Of `try_query`."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
    """The article, at most 50,000 characters: text with the title in its first line, or HTML. No address."""
    query: Query | None = None
    """Of the rule language. Left out: the rules of the desk are asked."""
    exclude: Query = ""
    """A query; what it finds does not match."""
    at_least: Score = 0.0
    """The least score, 0 to 1."""


@dataclass(frozen=True)
class Backtest:
    """Of `backtest_query`."""

    query: Annotated[str, Field(min_length=1, max_length=LONGEST_QUERY)]
    """Of the rule language."""
    days: Annotated[int, Field(ge=1, le=365)] = 30
    """How many days back, 1 to 365."""
    exclude: Query = ""
    """A query; what it finds does not match."""
    sources: SourcesBody = field(default_factory=SourcesBody)
    """Which sources it reads; left out: all."""
    at_least: Score = 0.0
    """The least score, 0 to 1."""
    against: Id | None = None
    """The id of a rule to compare with: what the query finds beside it is `new`, what it misses `lost`."""
    against_query: Query | None = None
    """Instead of `against`: another query to compare with."""
