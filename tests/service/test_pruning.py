"""The chore that removes what is old: however much there is, in small steps, beside those who write."""

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select, update

from store.test_store import NOW, item
from store.test_sweeping import rows, told
from support.big_archive import Shape, fill
from watchdesk.config.keep import Keep
from watchdesk.config.settings import ArticleSettings, Settings
from watchdesk.documents.status import room_in_words
from watchdesk.model import Ingested, RoomOwed
from watchdesk.notices.room import Outlook, too_large
from watchdesk.plan import Configured
from watchdesk.remembered import forget, remembered
from watchdesk.reporting import read_outlook
from watchdesk.rules import RuleSet
from watchdesk.service.upkeep.chores import Workplace
from watchdesk.service.upkeep.indexing import Indexing
from watchdesk.service.upkeep.measuring import Measuring
from watchdesk.service.upkeep.pruning import YOUNGEST, Pruning
from watchdesk.service.upkeep.rounds import run_once
from watchdesk.store import open_store
from watchdesk.store.tables import places
from watchdesk.stories import features_of

LOG = 16 << 20
"""Bytes: four times what SQLite writes back at once."""


def test_what_a_shorter_keep_leaves_goes_at_once_in_small_steps(tmp_path: Path) -> None:
    """4,000 articles that went out, of which five are kept."""
    shape = Shape(4_000, sources=5)
    store = open_store("sqlite", tmp_path)
    fill(store._database, shape)
    settings = Settings(tmp_path, articles=ArticleSettings(keep=Keep(shape.spread / shape.rows * 5)))
    configured = Configured(settings, RuleSet(()))
    place, chore = Workplace(store, configured, lambda: shape.ended), Pruning()
    longest, steps, more = 0.0, 0, True
    while more:
        began = time.process_time()
        more = chore.step(place)
        longest, steps = max(longest, time.process_time() - began), steps + 1
    left = rows(store)
    assert left["articles"] == left["matches"] == left["places"] <= 6
    assert left["digests"] <= 2
    assert left["deliveries"] <= 22
    assert left["stories"] <= 6 + shape.rows * 17 / shape.spread.days, "those that are still compared"
    assert steps > 20
    assert longest < 0.5, "a step is short, however busy the machine is"
    assert (tmp_path / "watchdesk.db-wal").stat().st_size < LOG
    assert not list(store.verifying().references())
    store.close()


def test_once_goes_on_where_the_last_pass_ended(tmp_path: Path) -> None:
    store = open_store("sqlite", tmp_path)
    for n in range(30):
        store.ingest([item(f"a{n}", rules=())], None, NOW)
    configured = Configured(Settings(tmp_path), RuleSet(()))
    place = Workplace(store, configured, lambda: NOW + timedelta(days=400))
    passes = 0
    while rows(store)["stories"] > 1:
        run_once(place, [Steady()], 0.02)
        passes += 1
        assert passes < 200
    assert rows(store)["articles"] == 0
    store.close()


class Steady(Pruning):
    """Whatever the clock of the test does."""

    needs_steady_clock = False


def test_the_oldest_that_wait_for_no_digest_go_until_the_database_fits(tmp_path: Path) -> None:
    """What waits stays, however old; what came in the last two days stays, however large it is."""
    shape = Shape(4_000, sources=5)
    store = open_store("sqlite", tmp_path)
    fill(store._database, shape)
    oldest = store.oldest_article(None)
    with store._database.write() as connection:  # the first waits again
        connection.execute(
            update(places)
            .where(places.c.id == select(func.min(places.c.id)).scalar_subquery())
            .values(digest_id=None)
        )
    before, count = store.size().used, rows(store)["articles"]

    def removed_to(size: int) -> int:
        settings = Settings(tmp_path, articles=ArticleSettings(keep=Keep(shape.spread * 2, size)))
        place, chore = Workplace(store, Configured(settings, RuleSet(())), lambda: shape.ended), Pruning()
        while chore.step(place):
            pass
        return rows(store)["articles"]

    newest = store.article_count(shape.ended - YOUNGEST)
    assert removed_to(before + 1) == count
    left = removed_to(before * 3 // 4)
    assert count / 2 < left < count * 0.9
    assert store.oldest_article(None) == oldest, "it waits"
    while removed_to(400_000) < left:  # each run removes what it expects to need
        left = rows(store)["articles"]
        forget(store, RoomOwed)  # as two days later: what was to become free by then counts no more
    assert left == newest + 1
    store.close()


DAY = timedelta(days=1)


def long(key: str, *, waits: bool) -> Ingested:
    """An article of 300 words of its own."""
    one = told(key, NOW, waits=waits)
    words = " ".join(f"{key}word{n * 7919 % 300}" for n in range(300))
    article = replace(one.article, sections=(replace(one.article.sections[0], paragraphs=(words,)),))
    return replace(one, article=article, features=features_of(article))


class DailyDesk:
    """One on which `once` runs from time to time, and that has 240 articles of one day."""

    def __init__(self, state: Path, waiting: int) -> None:
        self.store = open_store("sqlite", state)
        self.state = state
        for first in range(0, 240, 40):
            items = [long(f"a{n}", waits=n < waiting) for n in range(first, first + 40)]
            self.store.ingest(items, None, NOW)
        self.keep = Keep(180 * DAY)
        self.passed(timedelta(0))

    def passed(self, after: timedelta) -> int:
        """What a pass so long after leaves of the articles."""
        settings = Settings(self.state, articles=ArticleSettings(keep=self.keep))
        place = Workplace(self.store, Configured(settings, RuleSet(())), lambda: NOW + after)
        run_once(place, [Steady(), Measuring(), Indexing()], 60)
        return rows(self.store)["articles"]

    @property
    def used(self) -> int:
        return self.store.size().used

    def outlook(self, after: timedelta) -> Outlook:
        return read_outlook(self.store, remembered(self.store), self.keep, NOW + after)


def test_what_removed_articles_still_take_counts_as_free(tmp_path: Path) -> None:
    """Stories are compared with them for 16 days; meanwhile no more go."""
    desk = DailyDesk(tmp_path, waiting=24)
    size = desk.used * 6 // 10
    desk.keep = Keep(180 * DAY, size)
    left = [desk.passed(n * DAY + timedelta(minutes=n)) for n in (1, 2, 3, 5, 8, 12, 17, 18, 20)]
    assert left[0] == 240, "they are too young"
    assert left[-1] > 70, "more are left than wait"
    assert size * 3 // 4 < desk.used <= size
    desk.store.close()


def test_within_a_day_no_more_go_than_make_up_the_difference(tmp_path: Path) -> None:
    desk = DailyDesk(tmp_path, waiting=24)
    size = desk.used * 6 // 10
    desk.keep = Keep(180 * DAY, size)
    left = [desk.passed(3 * DAY + n * DAY / 24) for n in range(0, 24, 4)]
    assert 240 > left[0] == left[-1] > 100
    found = desk.outlook(4 * DAY)
    assert not list(too_large(found))
    assert "by `keep` without what removed articles leave" in room_in_words(found)
    desk.store.close()


def test_what_cannot_be_kept_to_is_told_of_a_desk_with_a_pass_a_day(tmp_path: Path) -> None:
    desk = DailyDesk(tmp_path, waiting=210)
    desk.keep = Keep(180 * DAY, desk.used // 2)
    for n in (1, 3, 18, 19, 20, 22, 23):
        desk.passed(n * DAY + timedelta(minutes=n))
    assert rows(desk.store)["articles"] == 210
    found = desk.outlook(24 * DAY)
    assert [cause.used for cause in too_large(found)] == [desk.used]
    assert "steady" not in room_in_words(found)
    assert " of it in use: `keep` has " in room_in_words(found)
    desk.store.close()
