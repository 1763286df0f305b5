"""The chore that removes what is old: however much there is, in small steps, beside those who write."""

import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select, update

from store.test_store import NOW, item
from store.test_sweeping import rows
from support.big_archive import Shape, fill
from watchdesk.config.keep import Keep
from watchdesk.config.settings import ArticleSettings, Settings
from watchdesk.model import SizeKept
from watchdesk.plan import Configured
from watchdesk.remembered import forget
from watchdesk.rules import RuleSet
from watchdesk.service.upkeep.chores import Workplace
from watchdesk.service.upkeep.fitting import YOUNGEST
from watchdesk.service.upkeep.pruning import Pruning
from watchdesk.service.upkeep.rounds import run_once
from watchdesk.store import open_store
from watchdesk.store.tables import places

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
    forget(store, SizeKept)  # as two days later
    while removed_to(400_000) < left:  # each run removes what it expects to need
        left = rows(store)["articles"]
        forget(store, SizeKept)
    assert left == newest + 1
    store.close()
