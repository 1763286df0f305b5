"""`articles.keep.size`: a database that comes under it within a day, or what is told of one that cannot."""

import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from store.test_store import NOW, STATE
from store.test_sweeping import rows, send_all, told
from watchdesk.config.keep import Keep
from watchdesk.config.settings import ArticleSettings, Settings
from watchdesk.documents.status import room_in_words
from watchdesk.model import Ingested
from watchdesk.notices.room import needed, too_large
from watchdesk.plan import Configured
from watchdesk.remembered import remembered
from watchdesk.reporting import read_outlook
from watchdesk.rules import RuleSet
from watchdesk.service.upkeep.chores import Workplace
from watchdesk.service.upkeep.fitting import YOUNGEST, left_from
from watchdesk.service.upkeep.indexing import Indexing
from watchdesk.service.upkeep.measuring import Measuring
from watchdesk.service.upkeep.pruning import Pruning
from watchdesk.service.upkeep.rounds import run_once
from watchdesk.store import SqlStore, open_store
from watchdesk.store.leftovers import Terms
from watchdesk.stories import features_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AGE = 180 * DAY


class Steady(Pruning):
    """Whatever the clock of the test does."""

    needs_steady_clock = False


_LETTERS = "abcdefghijklmnoprstuvw"


@dataclass
class Desk:
    """One to which articles come each day, of words as rare as those of a language are."""

    store: SqlStore
    state: Path
    rng: random.Random = field(default_factory=lambda: random.Random(7))
    size: int | None = None
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.store.know_digests(["flash"], NOW)
        made = itertools.count()
        lengths = (self.rng.randint(3, 11) for _ in made)
        self.words = ["".join(self.rng.choices(_LETTERS, k=n)) for n in itertools.islice(lengths, 20_000)]
        self.often = list(itertools.accumulate(1 / (n + 5) for n in range(len(self.words))))
        self.came = 0

    def article(self, *, waits: bool) -> Ingested:
        self.came += 1
        one = told(f"a{self.came}", self.now, waits=waits)
        text, title = (" ".join(self.rng.choices(self.words, cum_weights=self.often, k=n)) for n in (200, 9))
        section = replace(one.article.sections[0], paragraphs=(text,))
        article = replace(one.article, sections=(section,), title=title)
        return replace(one, article=article, features=features_of(article))

    def come(self, count: int, *, wait: bool = False) -> None:
        """So many articles, of which every third is sent at once, or waits for its digest."""
        items = [self.article(waits=n % 3 == 0) for n in range(count)]
        self.store.ingest(items, replace(STATE, last_new=self.now, last_attempt=self.now), self.now)
        if not wait and items:
            send_all(self.store, self.now)

    def pass_on(self, span: timedelta, *, arriving: int = 0, times: int = 1, upkeep: bool = True) -> None:
        """So many times as long, each with as many articles, and with the upkeep of a pass."""
        for _ in range(times):
            self.now += span
            self.come(arriving)
            if upkeep:
                settings = Settings(self.state, articles=ArticleSettings(keep=self.keep))
                place = Workplace(self.store, Configured(settings, RuleSet(())), lambda: self.now)
                run_once(place, [Steady(), Measuring(), Indexing()], 60)

    @property
    def keep(self) -> Keep:
        return Keep(AGE, self.size)

    @property
    def used(self) -> int:
        return self.store.size().used

    @property
    def articles(self) -> int:
        return rows(self.store)["articles"]

    @property
    def said(self) -> str:
        """What `status` says of the room."""
        return room_in_words(read_outlook(self.store, remembered(self.store), self.keep, self.now))

    def is_told(self) -> bool:
        """Whether the operators hear that the size cannot be kept to."""
        return bool(list(too_large(read_outlook(self.store, remembered(self.store), self.keep, self.now))))


@contextmanager
def desk(state: Path, days: int = 0, a_day: int = 12) -> Iterator[Desk]:
    """With the articles of some days, on which it had no upkeep."""
    store = open_store("sqlite", state)
    try:
        found = Desk(store, state)
        found.pass_on(DAY, arriving=a_day, times=days, upkeep=False)
        yield found
    finally:
        store.close()


def test_a_size_of_fewer_than_17_days_is_reached_within_a_day_and_kept_to(tmp_path: Path) -> None:
    with desk(tmp_path, days=20, a_day=8) as found:
        found.pass_on(HOUR)
        found.size = found.used * 7 // 10
        found.pass_on(HOUR)
        assert found.used <= found.size * 1.1, "at once, but for what the next run corrects"
        assert not found.is_told()
        found.pass_on(HOUR, times=5)
        assert found.size * 0.8 < found.used <= found.size
        left = found.articles
        assert 24 < left < 130, "no more than it takes"
        found.pass_on(DAY, arriving=8, times=6)
        assert found.used <= found.size
        assert found.articles > left * 0.85
        assert not found.is_told()
        assert "needed" not in found.said
        assert "old articles go" not in found.said
        facts = remembered(found.store)
        terms = Terms(found.now, left_from(found.keep, facts, found.now), ("wire",))
        left_over = found.store.verifying().leftovers(terms)
        assert sum(left_over.values()) < 3 * 8, "of the last day"


def test_what_cannot_be_kept_to_is_told_once_what_may_go_has_gone_with_what_can(tmp_path: Path) -> None:
    with desk(tmp_path, days=20, a_day=8) as found:
        found.size = found.used // 5
        assert "old articles go until that is" in found.said
        found.pass_on(HOUR, arriving=1, times=6)
        assert not found.is_told(), "nobody knows yet"
        youngest = found.store.article_count(found.now - YOUNGEST)
        assert found.articles == youngest, "all that may go went"
        found.pass_on(8 * HOUR, arriving=3, times=8)
        assert found.is_told()
        assert "are needed" in found.said
        known = remembered(found.store).size_kept
        assert known and known.least
        found.size = needed(known.least)
        assert not found.is_told(), "of a size that was not tried nobody knows"
        found.pass_on(8 * HOUR, arriving=4, times=9)
        assert found.used <= found.size * 1.02
        assert not found.is_told()


def test_what_waits_for_a_digest_stays_however_small_the_size_is(tmp_path: Path) -> None:
    """On a desk on which `once` runs each day, and then each week."""
    with desk(tmp_path) as found:
        for _ in range(4):
            found.come(24, wait=True)
        found.size = found.used // 2
        found.pass_on(DAY)
        assert found.articles == 96, "they are too young"
        assert not found.is_told()
        found.pass_on(2 * DAY)
        assert found.articles == 32, "those that wait"
        assert not found.is_told()
        found.pass_on(7 * DAY, times=2)
        assert found.articles == 32
        assert found.is_told() == (found.used > found.size)
        found.size = 200_000
        found.pass_on(7 * DAY, times=2)
        assert found.is_told()


@pytest.mark.slow
@pytest.mark.timeout(900)  # 40 seconds of a core that does nothing else
def test_over_ten_weeks_a_desk_stays_within_its_size_and_its_archive_does_not_shrink(
    tmp_path: Path,
) -> None:
    """With four passes a day. How often words were used is kept for 42 days, and fills until then."""
    with desk(tmp_path) as found:
        found.size = size = 2_500_000
        counts: list[int] = []
        for day in range(80):
            found.pass_on(DAY / 4, arriving=4, times=4)
            counts.append(found.articles)
            assert found.used <= size * 1.02, day
            assert not found.is_told()
        assert min(counts[45:]) > 100, counts
        assert min(counts[70:]) > max(counts[45:55]) * 0.85
        assert rows(found.store)["entry_keys"] < 2 * 16 * 20 + 2 * max(counts)
