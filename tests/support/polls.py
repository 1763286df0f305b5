"""A feed as its publisher writes it, polled through the real store without a network."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

from watchdesk.config.settings import Settings
from watchdesk.model import Article, Failed, Fetched, FetchOutcome, FullText, Source, SourceState, Validators
from watchdesk.pipeline import poll_source
from watchdesk.plan import Plan
from watchdesk.polling.collecting import READ_HERE
from watchdesk.rules import RuleSet
from watchdesk.sources import HttpFetcher
from watchdesk.store import SqlStore

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""When most entries were published; they are polled later."""
_COUNT = itertools.count()


def words(event: str, count: int = 60) -> str:
    """A text that no other event has a run of five words of."""
    return " ".join(f"{event}{n}" for n in range(count))


@dataclass(frozen=True)
class Item:
    """An entry as its publisher writes it."""

    title: str | None = None
    text: str | None = None
    guid: str | None = None
    link: str | None = None
    date: datetime | None = NOW

    def __str__(self) -> str:
        guid = f'<guid isPermaLink="false">{escape(self.guid)}</guid>' if self.guid else ""
        link = f"<link>{escape(self.link)}</link>" if self.link else ""
        date = f"<pubDate>{format_datetime(self.date)}</pubDate>" if self.date else ""
        text = f"<description>{escape(self.text)}</description>" if self.text else ""
        return f"<item><title>{escape(self.title or '')}</title>{guid}{link}{date}{text}</item>"


class Publisher(HttpFetcher):
    """Answers with what was last published, and with pages of its site."""

    def __init__(self) -> None:
        self.body = b""
        self.pages: dict[str, str] = {}
        self.asked: list[str] = []

    def fetch(self, source: Source, state: SourceState) -> FetchOutcome:
        return Fetched(self.body, source.url)

    def part(self, url: str, source: Source, validators: Validators) -> FetchOutcome:
        return self.page(url, source)

    def page(self, url: str, source: Source) -> FetchOutcome:
        self.asked.append(url)
        if url in self.pages:
            return Fetched(self.pages[url].encode(), url, headers={"content-type": "text/html"})
        return Failed("status 404", 404)


@dataclass
class Feed:
    """A source of its own in a store that others use too."""

    store: SqlStore
    source: Source = field(
        default_factory=lambda: Source(f"s{next(_COUNT)}", "https://e.org/feed", full_text=FullText.NEVER)
    )
    publisher: Publisher = field(default_factory=Publisher)
    now: datetime = field(default_factory=lambda: NOW + timedelta(days=2 + next(_COUNT)))
    extra: str = ""

    def __post_init__(self) -> None:
        self.began = self.now

    def poll(self, *items: Item) -> int:
        """How many new articles it brings."""
        entries = "".join(str(item) for item in items)
        turn = f"<!-- {next(_COUNT)} -->"  # a body that was never served before
        self.publisher.body = (
            f"<rss version='2.0'><channel><title>Post</title>{self.extra}{entries}</channel></rss>{turn}"
        ).encode()
        self.now += timedelta(minutes=10)
        plan = Plan(
            Settings(Path(), sources={self.source.id: self.source}),
            RuleSet(()),
            self.publisher,
            {},
            READ_HERE,
        )
        states = self.store.source_states([self.source.id])
        keep = lambda state: self.store.save_states([state])  # noqa: E731 - short
        [report] = poll_source(
            plan, self.store, [self.source], states, lambda: self.now, random.Random(1), keep
        )
        assert report.error is None
        return report.new_articles

    @property
    def articles(self) -> Sequence[Article]:
        since = self.store.articles(self.began)
        every = (article for article in since if article.source_id == self.source.id)
        return sorted(every, key=lambda article: article.id or 0)

    @property
    def titles(self) -> Sequence[str]:
        return [article.title for article in self.articles]

    @property
    def state(self) -> SourceState:
        return self.store.source_states([self.source.id])[self.source.id]


ALPHA = Item("Alpha signs a pact", words("alpha"), "1", "https://e.org/2026/alpha-signs")
BETA = Item("Beta opens a mine", words("beta"), "2", "https://e.org/2026/beta-opens")
GAMMA = Item("Gamma bans exports", words("gamma"), "3", "https://e.org/2026/gamma-bans")
