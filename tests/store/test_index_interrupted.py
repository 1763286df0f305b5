"""The index while its building is cut off anywhere, and while two build it: no candidate is ever missing."""

import os
import signal
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from store.test_search_index import LATER, admitted, fill, found, ingest
from watchdesk.errors import StorageError
from watchdesk.model import Article
from watchdesk.store import SqlStore, open_store

ASKED = ("word7", "nato AND kyiv", "minist*")


class CutError(Exception):
    """Stands for the end of the process."""


def whole(store: SqlStore) -> None:
    """Every candidate is found, once and in order; of what is indexed, only candidates."""
    articles = list(store.articles())
    for query in ASKED:
        keys = found(store, query, page=50)
        wanted = admitted(articles, query)
        assert [key.id for key in keys if not key.indexed or key.id in set(wanted)] == [
            key.id for key in keys
        ], "found what is no candidate"
        assert set(wanted) <= {key.id for key in keys}
        assert [(key.first_seen, key.id) for key in keys] == sorted(
            {(key.first_seen, key.id) for key in keys}, reverse=True
        )


def test_a_build_that_ends_before_any_statement_loses_nothing(store: SqlStore) -> None:
    for part in range(7):
        fill(store, 12, seed=part, name=f"p{part}-")
        build_all(store, LATER)
    fill(store, 150, seed=100, name="last")
    left = 0

    def cut(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise CutError

    engine = store._database.engine
    now = LATER
    for statements in range(1, 400):
        left, now = statements, now + timedelta(minutes=5)
        builder = store.index_builder(in_passing=False)
        event.listen(engine, "before_cursor_execute", cut)
        try:
            while builder.step(now):
                pass
            is_done = True
        except CutError:
            is_done = False
        finally:
            event.remove(engine, "before_cursor_execute", cut)
        if statements % 5 == 0 or is_done:
            whole(store)
        if is_done:
            break
    else:
        raise AssertionError("it was never done")
    assert store.index_coverage().pending == store.index_coverage().unindexed == 0
    assert not any(not key.indexed for key in found(store, "word7"))


def build_all(store: SqlStore, now: Any) -> None:
    builder = store.index_builder(in_passing=False)
    while builder.step(now):
        pass


def test_two_that_take_over_from_each_other_lose_nothing(store: SqlStore) -> None:
    builders = [store.index_builder(in_passing=False), store.index_builder(in_passing=False)]
    now = LATER
    for part in range(10):
        fill(store, 30, seed=part, name=f"p{part}-")
        for number in range(8):
            now += timedelta(minutes=5)  # each time the other's lease has run out
            builders[number % 2].step(now)
        if part % 10 == 9:
            whole(store)
    for _ in range(2_000):
        now += timedelta(minutes=5)
        if not builders[0].step(now):
            break
    whole(store)
    assert store.index_coverage().pending == 0


def test_a_builder_that_failed_goes_on(store: SqlStore) -> None:
    for part in range(8):
        fill(store, 12, seed=part, name=f"p{part}-")
        build_all(store, LATER)
    builder = store.index_builder(in_passing=False)
    fill(store, 70, seed=100, name="last")
    failures = 0
    engine = store._database.engine

    def cut(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal failures
        if "UPDATE search_segments" in statement and failures < 3:
            failures += 1
            raise CutError

    event.listen(engine, "before_cursor_execute", cut)
    for _ in range(200):
        try:
            if not builder.step(LATER):
                break
        except CutError:
            whole(store)
    else:
        raise AssertionError("it did not come to an end")
    event.remove(engine, "before_cursor_execute", cut)
    whole(store)
    assert failures and store.index_coverage().pending == 0


@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 2))])
def test_a_process_that_is_killed_loses_nothing(tmp_path: Path, seed: int) -> None:
    store = open_store("sqlite", tmp_path)
    fill(store, 400, seed=seed)
    store.close()
    now = LATER
    for pause in (0.02, 0.05, 0.1, 0.2, 0.3):
        now += timedelta(minutes=5)
        child = os.fork()
        if not child:
            try:
                mine = open_store("sqlite", tmp_path)
                build_all(mine, now)
            finally:
                os._exit(0)
        time.sleep(pause * (1 + seed))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        store = open_store("sqlite", tmp_path)
        whole(store)
        store.close()
    store = open_store("sqlite", tmp_path)
    build_all(store, now + timedelta(minutes=5))
    whole(store)
    assert store.index_coverage() == (400, 0, 0)
    store.close()


def test_a_disk_that_fills_stops_the_build_and_nothing_else(tmp_path: Path) -> None:
    store = open_store("sqlite", tmp_path)
    fill(store, 100)
    worded = [" ".join(f"w{number}x{place}" for place in range(200)) for number in range(80)]
    ingest(store, [Article.from_text("T", words, first_seen=LATER) for words in worded], "many")
    with store._database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar() or 0
    is_full = True

    def limit(connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages if is_full else 1_000_000}")

    event.listen(store._database.engine, "begin", limit)
    failures = 0
    now = LATER
    for _ in range(3):
        now += timedelta(minutes=5)
        try:
            build_all(store, now)
        except StorageError:
            failures += 1
        whole(store)
    assert failures == 3
    is_full = False
    build_all(store, now + timedelta(minutes=5))
    whole(store)
    assert store.index_coverage() == (180, 0, 0)
    store.close()
