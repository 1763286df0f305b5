"""Builds the index of an archive that load.py made, and looks conditions up in it:
`.venv/bin/python benchmarks/archive/index.py --help`.

All figures are CPU time of this process, with what it reads in the system's cache. An article costs what its
terms, its segment and all merges take; reading it from the database is told apart.
"""

import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from figures import Figure
from sqlalchemy import func, select

from archive.measured import CpuClock, measure
from archive.words import COMMON, PAIR, RARE, TOGETHER
from watchdesk.archive.condition import condition_of
from watchdesk.rules import Query
from watchdesk.store import SqlStore, index_building
from watchdesk.store.search_index import CandidateKey, CandidateSearch
from watchdesk.store.tables import search_parts, search_segments

_READ = ("articles_up_to", "read_articles")
_SAMPLE = 2_000
_PAGE = 50
_ASKED = {
    "a term of one article in a hundred": COMMON,
    "a rare term": RARE,
    "two terms that never meet": " AND ".join(PAIR),
    "two terms that do": " AND ".join(TOGETHER),
    "a wildcard": f"{COMMON[:5]}*",
    "letters within words": f"/{COMMON[1:6]}/",
}


def main() -> int:
    """Exit status 0; 1 when a limit is not kept."""
    return measure(__doc__, "its index is completed", _measured)


def _measured(store: SqlStore) -> tuple[Sequence[Figure], str]:
    told = [*_build(store), *_size(store), *_look_up(store)]
    return told, f"{store.index_coverage().indexed:,} articles"


def _build(store: SqlStore) -> Sequence[Figure]:
    before = store.index_coverage().indexed
    clock = CpuClock()
    for name in _READ:
        clock.watch(index_building, name)
    builder = store.index_builder(in_passing=False)
    clock.watch(builder, "step")
    while builder.step(datetime.now(UTC)):
        pass
    steps = clock.taken["step"]
    reading = sum(sum(clock.taken[name]) for name in _READ)
    added = store.index_coverage().indexed - before
    if added < _SAMPLE:
        return []
    return [
        Figure("indexing an article, merges and all", (sum(steps) - reading) / added * 1e3, "ms", most=0.3),
        Figure("reading it from the database", reading / added * 1e3, "ms"),
        Figure("the longest of all steps", max(steps) * 1e3, "ms"),
    ]


def _size(store: SqlStore) -> Sequence[Figure]:
    with store._database.read() as connection:
        parts = connection.execute(
            select(
                func.sum(func.length(search_parts.c.terms)), func.sum(func.length(search_parts.c.postings))
            )
        ).one()
        segments = connection.execute(
            select(
                func.sum(func.length(search_segments.c.directory)),
                func.sum(func.length(search_segments.c.articles)),
                func.count(),
            )
        ).one()
    sample = [one for _, one in zip(range(_SAMPLE), store.articles(), strict=False)]
    text = sum(len(one.title.encode()) + len(one.text.encode()) for one in sample) / len(sample)
    indexed = store.index_coverage().indexed
    size = sum(map(int, (*parts, *segments[:2]))) / indexed
    return [
        Figure("size of the index, of the texts", 100 * size / text, "%", most=25),
        Figure("bytes of the index an article", size, "bytes"),
        Figure("segments", segments[2], ""),
    ]


def _look_up(store: SqlStore) -> Sequence[Figure]:
    told: list[Figure] = []
    for name, text in _ASKED.items():
        condition = condition_of(Query.parse(text).node)
        assert condition is not None
        for most, what in ((_PAGE, f"first {_PAGE} candidates"), (0, "all candidates")):
            best, found = 1e9, 0
            for _ in range(3):
                begun = time.process_time()
                found = len(_candidates(store, store.candidates(condition), most))
                best = min(best, time.process_time() - begun)
            told.append(Figure(f"{what} of {name} ({found:,})", best * 1e3, "ms"))
    return told


def _candidates(store: SqlStore, search: CandidateSearch, most: int) -> list[CandidateKey]:
    """The first ones, or all."""
    found: list[CandidateKey] = []
    while True:
        limit = most or 1_000
        with store._database.read() as connection:
            before = (found[-1].first_seen, found[-1].id) if found else None
            page = search.page(connection, before, limit)
        found += page
        if most or len(page) < limit:
            return found


if __name__ == "__main__":
    sys.exit(main())
