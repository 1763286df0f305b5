"""What the index leads to is what asking every article finds, whatever state the index is in."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from support import drawn_queries as drawn
from support.examples import tries
from support.postgresql import Cluster
from watchdesk.archive.condition import condition_of, condition_of_rule
from watchdesk.backtest import Window, compare, reach, search
from watchdesk.config.places import Place
from watchdesk.model import Article, Ingested, Match, Section, Snippet, Span
from watchdesk.model.archive import Archived, LookBack
from watchdesk.model.conditions import any_of
from watchdesk.rules import Query, Rule, RuleSet
from watchdesk.store import SqlStore, looking_back, open_store

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
SINCE = NOW - timedelta(hours=3)
WINDOW = Window(SINCE, NOW, ZoneInfo("UTC"), SINCE)
OLD_RULE = "old-rule"
_LANGUAGES = ("en", "en", "en-GB", "de", "de-AT", "fr", "uk", "zh", "tr", None, "")


def article(number: int, rng: Random) -> Article:
    def some(most: int) -> str:
        return " ".join(rng.choice(drawn.WORDS) for _ in range(rng.randint(1, most)))

    sections = tuple(
        Section(rng.choice([None, some(2)]), (some(9), some(5))) for _ in range(rng.randint(0, 2))
    )
    # Several at one moment, in no order of their numbers, and some by a clock that was ahead.
    seen = NOW - timedelta(minutes=rng.randrange(300) // 7 * 7)
    return Article(
        rng.choice(("wire", "paper", "blog")),
        some(4),
        sections,
        NOW + timedelta(days=9) if number % 40 == 0 else seen,
        url=f"https://example.org/{number}",
        language=rng.choice(_LANGUAGES),
        source_tags=frozenset({"sport"} if rng.random() < 0.2 else ()),
    )


def ingest(store: SqlStore, some: Sequence[tuple[int, Article]]) -> None:
    items: list[Ingested] = []
    for number, one in some:
        rules = [f"rule-{number % 3}"] * (number % 4 == 0) + [OLD_RULE] * (number % 11 == 0)
        found = tuple(Match(rule, 0.5, (Span("title", 0, 2, "x"),), Snippet("said", ())) for rule in rules)
        items.append(Ingested(one, (f"g:{number}",), one.title + one.text, (f"s:{number}",), found))
    store.ingest(items, None, NOW)


def step(store: SqlStore, steps: int = 10_000) -> None:
    builder = store.index_builder()
    while steps and builder.step(LATER):
        steps -= 1


def without_index(store: SqlStore, rng: Random) -> None:
    ingest(store, [(n, article(n, rng)) for n in range(160)])


def whole(store: SqlStore, rng: Random) -> None:
    without_index(store, rng)
    step(store)


def rewritten_pruned_and_pending(store: SqlStore, rng: Random) -> None:
    for part in range(3):  # several segments
        ingest(store, [(n, article(n, rng)) for n in range(70 * part, 70 * (part + 1))])
        step(store)
    ingest(store, [(n, article(n + 1, rng)) for n in range(0, 200, 9)])
    store.prune(SINCE + timedelta(minutes=20), 15)
    ingest(store, [(n, article(n, rng)) for n in range(300, 330)])


def half_built(store: SqlStore, rng: Random) -> None:
    without_index(store, rng)
    with patch("watchdesk.store.index_building.BATCH", 64):
        step(store, 2)


def of_an_older_version(store: SqlStore, rng: Random) -> None:
    whole(store, rng)
    with store._database.write() as connection:
        connection.execute(text("UPDATE search_index SET terms_version = 'older'"))


STATES: dict[str, Callable[[SqlStore, Random], None]] = {
    "without an index": without_index,
    "whole": whole,
    "rewritten, pruned and pending": rewritten_pruned_and_pending,
    "half built": half_built,
    "of an older version": of_an_older_version,
}

MOST = "rewritten, pruned and pending"
"""The state with the most to go by: asked of both databases with every change."""
OFTEN = {("sqlite", "whole"), ("sqlite", "half built")}
"""All others are left to the long runs."""


@dataclass(frozen=True, repr=False)
class Filled:
    """A store in some state, and everything in it as the plainest way of reading gives it."""

    store: SqlStore
    everything: Sequence[Archived]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(
            (database, state),
            id=f"{state}-{database}",
            marks=() if state == MOST or (database, state) in OFTEN else pytest.mark.slow,
        )
        for database in ("sqlite", "postgresql")
        for state in STATES
    ],
)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    database, state = request.param
    if database == "postgresql":
        running: Cluster = request.getfixturevalue("cluster")
        database = running.begun_database()
    folder: Path = tmp_path_factory.mktemp("state")
    with closing(open_store(database, folder)) as store:
        STATES[state](store, Random(7))
        everything: list[Archived] = []
        for one in store.articles():
            assert one.id is not None
            found = [stored.match for stored in store.matches(one.id)]
            everything.append(
                Archived(
                    replace(one, url_key=None, removed=(), content_hash=""),
                    {match.rule: match.snippet.text for match in found},
                    {match.rule: list(match.spans) for match in found},
                )
            )
        with patch.object(looking_back, "FIRST_PAGE", 3), patch.object(looking_back, "PAGE", 17):
            yield Filled(store, everything)


SETTINGS = settings(max_examples=tries(40), deadline=None, suppress_health_check=list(HealthCheck))


@SETTINGS
@given(query=drawn.queries, since=st.sampled_from([None, SINCE]), few=st.sampled_from([0, 20]))
@example(query=Query.parse("/[0-9]/ OR kyiv"), since=None, few=0)
def test_a_search_finds_what_asking_every_article_finds(
    filled: Filled, query: Query, since: datetime | None, few: int
) -> None:
    asked = LookBack(since, condition=condition_of(query.node))
    found = list(search(filled.store.look_back(asked), query, few))
    within = [one.article for one in filled.everything if since is None or one.article.first_seen >= since]
    assert found == [(one, match) for one in within if (match := query.match(one))]


rules = st.lists(
    st.builds(
        lambda number, query, exclude, languages, only, never, least: Rule(
            f"rule-{number}",
            "A rule",
            query,
            Place("rules.yaml", 1, 1, ""),
            exclude,
            frozenset(languages),
            frozenset(only),
            frozenset(never),
            least,
        ),
        st.integers(0, 3),
        drawn.queries,
        st.none() | drawn.queries,
        st.sampled_from(((), (), ("en",), ("de", "fr"))),
        st.sampled_from(((), (), ("wire",), ("wire", "tag:sport"))),
        st.sampled_from(((), (), ("blog",), ("tag:sport",))),
        st.sampled_from((0.0, 0.0, 0.3)),
    ),
    max_size=3,
    unique_by=lambda rule: rule.id,
).map(tuple)


@SETTINGS
@given(chosen=rules, every=st.booleans())
def test_a_backtest_finds_what_asking_every_article_finds(
    filled: Filled, chosen: tuple[Rule, ...], every: bool
) -> None:
    asked = None if every else frozenset({*(rule.id for rule in chosen), OLD_RULE})
    condition = any_of(condition_of_rule(rule) for rule in chosen)
    looking = LookBack(SINCE, reach(chosen), condition, asked)
    read = [one for page in filled.store.look_back(looking) for one in page.articles]
    whole_window = [
        replace(
            one, matched={rule: said for rule, said in one.matched.items() if asked is None or rule in asked}
        )
        for one in filled.everything
        if one.article.first_seen >= SINCE
    ]
    found = compare(read, RuleSet(chosen), WINDOW, len(whole_window))
    naive = compare(whole_window, RuleSet(chosen), WINDOW)
    assert found.rules == naive.rules
    assert found.articles == naive.articles
    keys = [(one.article.first_seen, one.article.id or 0) for one in read]
    assert keys == sorted(set(keys), reverse=True)
