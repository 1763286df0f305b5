"""No clock that is wrong, be it ahead, behind or leaping, removes what is to be kept."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.test_store import item
from watchdesk.config.keep import Keep
from watchdesk.config.settings import ArticleSettings, Settings
from watchdesk.errors import ClockDoubted
from watchdesk.model import Source
from watchdesk.plan import Configured
from watchdesk.remembered import ClockCheck, remember
from watchdesk.rules import RuleSet
from watchdesk.service.upkeep.chores import Workplace
from watchdesk.service.upkeep.pruning import Pruning
from watchdesk.service.upkeep.rounds import ANEW, Rounds, run_once
from watchdesk.store import SqlStore, open_store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEEP = timedelta(days=180)
YEARS = 1500 * DAY
SITES = ("daily", "news", "blog")


@dataclass
class Desk:
    store: SqlStore
    place: Workplace
    now: datetime = NOW
    """By its clock."""
    stored: int = 0

    def store_some(self, age: timedelta, published: datetime, sources: tuple[str, ...] = SITES) -> None:
        """One article of each source, first seen that long ago by the clock."""
        seen = self.now - age
        for source in sources:
            self.stored += 1
            one = item(f"a{self.stored}", rules=())
            article = replace(one.article, source_id=source, first_seen=seen, published_at=published)
            self.store.ingest([replace(one, article=article)], None, seen)

    def is_steady(self) -> None:
        remember(self.store, ClockCheck(self.now - 3 * DAY, self.now - HOUR))

    def prune(self) -> Exception | None:
        return run_once(self.place, [Pruning()], 20)[Pruning.name]

    def left(self) -> int:
        return sum(1 for _ in self.store.articles())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    sources = {name: Source(id=name, url=f"https://{name}.example.{name}.org/feed") for name in SITES}
    settings = Settings(tmp_path, articles=ArticleSettings(keep=Keep(KEEP)), sources=sources)
    with closing(open_store("sqlite", tmp_path)) as store:
        found = Desk(store, Workplace(store, Configured(settings, RuleSet(())), lambda: found.now))
        yield found


@pytest.mark.parametrize("seconds", [0.0, ANEW])
def test_a_clock_that_leaps_during_a_run_removes_no_more_than_it_began_to(desk: Desk, seconds: float) -> None:
    for _ in range(40):
        desk.store_some(400 * DAY, NOW - 400 * DAY)
    desk.store_some(10 * DAY, NOW - 10 * DAY)
    desk.is_steady()
    passed, ended = [0.0], list[Exception | None]()
    rounds = Rounds([Pruning()], desk.place, lambda _, why: ended.append(why), monotonic=lambda: passed[0])
    rounds.step()
    assert 3 < desk.left() < 123
    desk.now += YEARS
    passed[0] += seconds
    while not ended:
        rounds.step()
    assert ended == [None]
    assert desk.left() == 3 if not seconds else desk.left() > 3, "a run that lasts long is checked anew"


def test_a_clock_that_is_ahead_for_days_removes_nothing_while_publishers_contradict_it(desk: Desk) -> None:
    desk.store_some(10 * DAY, NOW - 10 * DAY)
    desk.now += YEARS
    desk.store_some(2 * DAY, NOW)
    desk.store_some(HOUR, NOW)
    desk.is_steady()
    assert isinstance(desk.prune(), ClockDoubted)
    assert desk.left() == 9
    desk.now += 2 * DAY
    desk.store_some(HOUR, desk.now - 2 * HOUR)
    desk.is_steady()
    assert desk.prune() is None
    assert desk.left() == 9, "the three of before are old by a clock that publishers agree with"


def test_a_steady_clock_removes_what_is_old_where_one_site_brings_old_news_or_none_any(desk: Desk) -> None:
    desk.store_some(400 * DAY, NOW - 400 * DAY)
    desk.store_some(HOUR, NOW - 300 * DAY, ("news",))
    desk.is_steady()
    assert desk.prune() is None
    assert desk.left() == 1


def test_what_a_clock_ahead_has_dated_contradicts_nothing_later(desk: Desk) -> None:
    desk.store_some(400 * DAY, NOW - 400 * DAY)
    desk.store_some(-YEARS, NOW - 200 * DAY)
    desk.is_steady()
    assert desk.prune() is None
    assert desk.left() == 3


def test_what_came_while_the_clock_was_behind_is_kept_as_long_as_what_came_before_it(desk: Desk) -> None:
    desk.store_some(400 * DAY, NOW - 400 * DAY)
    desk.store_some(10 * DAY, NOW - 10 * DAY)
    desk.store_some(HOUR, NOW - HOUR)
    desk.store_some(700 * DAY, NOW)  # minutes ago, by a battery that is flat
    desk.store_some(timedelta(0), NOW)
    desk.is_steady()
    assert desk.prune() is None
    assert desk.left() == 12
    desk.now += KEEP - 5 * DAY
    desk.is_steady()
    assert desk.prune() is None
    assert desk.left() == 9
    desk.now += 6 * DAY
    desk.store_some(timedelta(0), desk.now)
    desk.is_steady()
    assert desk.prune() is None
    assert desk.left() == 3


def test_what_a_new_desk_stored_while_the_clock_was_behind_is_kept_from_the_leap_on(desk: Desk) -> None:
    desk.now = NOW - 700 * DAY
    desk.store_some(timedelta(0), NOW)
    assert desk.prune() is None
    desk.now = NOW
    for _ in range(2):
        desk.store_some(timedelta(0), NOW - HOUR)
        assert desk.prune() is None
        assert desk.left() == desk.stored, "though publishers confirm the clock"
    desk.now += KEEP - DAY
    desk.is_steady()
    assert desk.prune() is None
    assert desk.left() == 9
    desk.now += 2 * DAY
    desk.is_steady()
    assert desk.prune() is None
    assert desk.left() == 0
