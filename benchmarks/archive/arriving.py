"""Builds the index of an archive that load.py made as a desk does: a few articles at a time, as they come:
`.venv/bin/python benchmarks/archive/arriving.py --help`.

All figures are CPU time of this process, with what it reads in the system's cache, and without what reading
articles from the database takes. Between two batches the builder has nothing to do, as in a service.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from figures import Figure
from sqlalchemy import delete, insert, select, update

from archive.measured import CpuClock, measure
from watchdesk.store import SqlStore, index_building
from watchdesk.store.index_state import EMPTY_INDEX
from watchdesk.store.tables import articles, search_index, search_parts, search_pending, search_segments

_BATCH = 64
_KINDS = ("_index_pending", "_begin_merge", "_go_on_merging", "_delete_gone", "_let_go")
_READ = "read_articles"


def main() -> int:
    """Exit status 0; 1 when a limit is not kept."""
    return measure(__doc__, "its index is made anew", _measured)


def _measured(store: SqlStore) -> tuple[Sequence[Figure], str]:
    numbers = _emptied(store)
    clock = CpuClock()
    clock.watch(index_building, _READ)
    builder = store.index_builder(in_passing=False)
    builder._is_checked = True
    builder._mend = lambda _connection: None  # articles that have not come yet are not lacking
    for name in _KINDS:
        clock.watch(builder, name)
    clock.watch(builder, "step")
    for begin in range(0, len(numbers), _BATCH):
        _come(store, numbers[begin : begin + _BATCH])
        while builder.step(datetime.now(UTC)):
            pass
    steps = clock.taken.pop("step")
    reading = sum(clock.taken.pop(_READ))
    per_article = 1e3 / len(numbers)
    told = [
        Figure("indexing an article, merges and all", (sum(steps) - reading) * per_article, "ms", most=0.3),
        Figure("reading it from the database", reading * per_article, "ms"),
        Figure("the longest of all steps", max(steps) * 1e3, "ms"),
        Figure("of a hundred steps the longest but one", float(np.quantile(steps, 0.99)) * 1e3, "ms"),
    ]
    for name, taken in clock.taken.items():
        what = name.strip("_").replace("_", " ")
        told.append(Figure(f"{what}, an article", sum(taken) * per_article, "ms"))
        told.append(Figure(f"{what}, at most", max(taken, default=0.0) * 1e3, "ms"))
    return told, f"{len(numbers):,} articles, {_BATCH} at a time"


def _emptied(store: SqlStore) -> list[int]:
    """Drops the index; the numbers of the articles, of which none has come yet."""
    from watchdesk.archive.terms import terms_version  # noqa: PLC0415 - what folds words is heavy

    with store._database.write() as connection:
        for table in (search_parts, search_segments, search_pending):
            connection.execute(delete(table))
        connection.execute(update(search_index).values({**EMPTY_INDEX, "terms_version": terms_version()}))
        return list(connection.scalars(select(articles.c.id).order_by(articles.c.id)))


def _come(store: SqlStore, numbers: Sequence[int]) -> None:
    now = datetime.now(UTC)
    with store._database.write() as connection:
        rows = [{"article_id": number, "first_seen": now} for number in numbers]
        connection.execute(insert(search_pending), rows)


if __name__ == "__main__":
    sys.exit(main())
