"""A source as its file declares it → a `Source`, with the desk's settings where it has none of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from sys import intern
from typing import Any
from urllib.parse import urlsplit

from watchdesk.config import yaml_document
from watchdesk.config.channels import warn_of_plain_secrets
from watchdesk.config.checking import place_at
from watchdesk.config.network_environment import revealed_proxy
from watchdesk.config.places import Place, Problems
from watchdesk.config.plain_rows import PlainRow
from watchdesk.config.secrets import SecretMissing
from watchdesk.config.settings import ArticleSettings, PollingSettings
from watchdesk.config.shapes import SourceShape
from watchdesk.config.yaml_document import START, Mark, outliving
from watchdesk.model import Selectors, Source

_NO_HEADERS: Mapping[str, str] = {}
_PERIODS = ("every", "fastest", "slowest")
_OUT_OF_ORDER = "'fastest' is at most 'every', and 'every' at most 'slowest'"


@dataclass(frozen=True, slots=True)
class DeclaredSource:
    """A source as its file has it."""

    id: str
    shape: SourceShape
    element: yaml_document.Mapping
    start: Mark = START
    """Of its key."""

    @property
    def key(self) -> Place:
        """The place of its name."""
        return self.element.source.place(self.start.line, self.start.column)

    @property
    def line(self) -> int:
        """Of its key; it counts from 0."""
        return self.start.line

    @property
    def kind(self) -> str:
        """feed, sitemap, page or opml."""
        return self.shape.kind

    @property
    def address(self) -> str:
        """The address of its document; of an OPML file, its path."""
        return str(getattr(self.shape, self.shape.kind))

    @property
    def kind_place(self) -> Place:
        """The place of the key that says what kind it is."""
        return self.element.keys.get(self.shape.kind, self.key)


def check_select(declared: DeclaredSource, problems: Problems) -> None:
    """Notes a page without `select`, and a `select` of anything else."""
    kind, select = declared.shape.kind, declared.shape.select
    if kind == "page" and select is None:
        problems.error(
            declared.kind_place,
            "a page needs 'select', which says what its items are",
            'add, for example: select: {item: "ul.news li", link: "a", date: "time"}',
        )
    elif kind != "page" and select is not None:
        problems.error(
            declared.element.keys["select"],
            f"'select' belongs to a page, and this source is of the kind '{kind}'",
            f"take it away; or write page: in place of {kind}: if the address is that of a listing page",
        )


def resolved(
    declared: DeclaredSource,
    polling: PollingSettings,
    articles: ArticleSettings,
    problems: Problems,
    tags: dict[frozenset[str], frozenset[str]],
) -> Source:
    """The source. Notes settings that contradict each other.

    For an OPML file, it is what all of its feeds have in common. What many sources say alike is kept once for
    all of them; `tags`: the sets of tags so far.
    """
    shape, kind = declared.shape, declared.shape.kind
    own = frozenset(map(intern, shape.tags))
    every = shape.every or polling.every
    fastest, slowest = shape.fastest or polling.fastest, shape.slowest or polling.slowest
    if not _in_order(shape, fastest, every, slowest):
        problems.error(declared.key, _OUT_OF_ORDER)
    return Source(
        id=outliving(declared.id),
        url=outliving(getattr(shape, kind)),
        kind=kind,
        select=Selectors(**shape.select.model_dump()) if shape.select else None,
        title=shape.title and outliving(shape.title),
        tags=tags.setdefault(own, own),
        language=shape.language and intern(shape.language),
        timezone=shape.timezone and intern(shape.timezone),
        every=every,
        fastest=min(fastest, every),
        slowest=max(slowest, every),
        full_text=shape.full_text or articles.full_text,
        resolve_links=shape.resolve_links or articles.resolve_links,
        headers=shape.headers or _NO_HEADERS,
        user=shape.auth.user if shape.auth else None,
        password=_password(declared, problems),
        proxy=revealed_proxy(shape.proxy, declared.element, ("proxy",), problems),
        paused=shape.paused,
        weight=shape.weight,
        content=shape.article.content,
        remove=shape.article.remove,
    )


class PlainSources:
    """Sources of plain rows: what `resolved` makes of what they say."""

    def __init__(
        self,
        polling: PollingSettings,
        articles: ArticleSettings,
        problems: Problems,
        tags: dict[frozenset[str], frozenset[str]],
    ) -> None:
        """As for `resolved`."""
        self._polling = polling
        self._problems = problems
        self._tags = tags
        every = polling.every
        self._usual = every, min(polling.fastest, every), max(polling.slowest, every)
        self._full_text, self._resolve_links = articles.full_text, articles.resolve_links

    def source(self, row: PlainRow) -> Source:
        """The source. Notes settings that contradict each other."""
        said: Mapping[str, Any] = row.said
        own = frozenset(map(intern, said.get("tags", ())))
        every, fastest, slowest = self._usual if said.keys().isdisjoint(_PERIODS) else self._periods(row)
        kind = row.kind
        language, timezone = said.get("language"), said.get("timezone")
        return Source(
            row.id,
            said[kind],
            kind,
            None,
            said.get("title"),
            self._tags.setdefault(own, own),
            language and intern(language),
            timezone and intern(timezone),
            every,
            fastest,
            slowest,
            said.get("full_text", self._full_text),
            self._resolve_links,
            _NO_HEADERS,
            paused=said.get("paused", False),
            weight=said.get("weight", 1.0),
        )

    def _periods(self, row: PlainRow) -> tuple[timedelta, timedelta, timedelta]:
        said: Mapping[str, Any] = row.said
        every = said.get("every", self._polling.every)
        fastest, slowest = said.get("fastest"), said.get("slowest")
        if (fastest and fastest > every) or (slowest and every > slowest):
            self._problems.error(row.key, _OUT_OF_ORDER)
        return (
            every,
            min(fastest or self._polling.fastest, every),
            max(slowest or self._polling.slowest, every),
        )


def warn_of_login(url: str, place: Place, problems: Problems) -> None:
    """Warns of a password in an address; it is not shown."""
    if "@" in url and urlsplit(url).password:
        problems.warning(
            place,
            "the password in the address stands here for everyone who may read the file",
            "take the login out of it, and write auth: {user: NAME, password: {credential: NAME}}, "
            "{env: NAME} or {file: PATH}",
        )


def _in_order(shape: SourceShape, fastest: timedelta, every: timedelta, slowest: timedelta) -> bool:
    """Whether the source's own settings agree; the desk's limits give way to its `every`."""
    low = fastest <= every or shape.fastest is None
    high = every <= slowest or shape.slowest is None
    return low and high


def _password(declared: DeclaredSource, problems: Problems) -> str | None:
    auth = declared.shape.auth
    if auth is None:
        return None
    warn_of_plain_secrets(declared.element.get("auth"), problems)
    try:
        return auth.password.reveal()
    except SecretMissing as missing:
        place = place_at(declared.element, ("auth", "password"))
        problems.error(place, f"the password is not there: {missing}")
        return None
