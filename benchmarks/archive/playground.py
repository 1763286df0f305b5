"""Measures the page's playground over an archive that load.py made and that has its index:
`.venv/bin/python benchmarks/archive/playground.py --help`.

Each query is asked again and again of a process that is warm, as by somebody who types: the time until the
first rows are there, and until all is counted, by the clock and in CPU time of that process. Only the latter
is judged: the clock of a busy machine says what else it does. Then how late a thread comes that wants to do
something fifty times a second, as polls do: alone, beside two searches in threads of the same process, and
beside two in processes of their own.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import processes
from figures import Figure, percentile

from archive.load import A_DAY
from archive.measured import measure
from archive.words import COMMON, PAIR, RARE, TOGETHER
from watchdesk.backtest import Draft
from watchdesk.store import SqlStore
from watchdesk.web.playground.files import Files
from watchdesk.web.playground.messages import Begin, Found, Search
from watchdesk.web.playground.searching import searched
from watchdesk.web.playground.seats import InForce, Seats

_TIMES = 30
_EVERYTHING = "the"
_QUERIES = {
    "a word of 1 %": COMMON,
    "a rare word": RARE,
    "two words that never meet": " AND ".join(PAIR),
    "NEAR": f"{TOGETHER[0]} NEAR/9 {TOGETHER[1]}",
    "a word of every article": _EVERYTHING,
}
_LATEST = {10_000: 0.3, 100_000: 1.5}
"""Articles, and seconds in which a query that has a rare word is answered whole."""
_TICK = 0.02
_WATCHED = 10.0


def main() -> int:
    """Exit status 0; 1 when a limit is not kept."""
    return measure(__doc__, "nothing in it is changed", _measured)


def _measured(store: SqlStore) -> tuple[Sequence[Figure], str]:
    file = store._database.open_file  # what no page may do
    assert file
    state, articles = file.path.parent, store.article_count(datetime(1970, 1, 1, tzinfo=UTC))
    begin = Begin(state, state, "sqlite", ZoneInfo("UTC"), frozenset(), frozenset())
    seats = Seats(lambda: InForce(begin, begin))
    told: list[Figure] = []
    try:
        for name, query in _QUERIES.items():
            for most, limit in _LATEST.items():
                if most <= articles:
                    told += _asked(seats, name, query, most, limit)
        told += _lateness(seats, begin)
    finally:
        seats.close()
    return told, f"{articles:,} articles"


def _asked(seats: Seats, name: str, query: str, most: int, limit: float) -> Iterator[Figure]:
    since = timedelta(days=most / A_DAY)
    is_wide = query == _EVERYTHING
    search = Search(Draft(query), since, seconds=20.0 if not is_wide else 2.0)
    list(seats.replies(search))  # for the caches, and so that there is a process
    (process,) = processes.children(os.getpid())[-1:]
    first, whole, taken = [], [], []
    for _ in range(3 if is_wide else _TIMES):
        begun, cpu, seen = time.monotonic(), processes.cpu(process), None
        for reply in seats.replies(search):
            if isinstance(reply, Found) and seen is None and (reply.rows or reply.is_over):
                seen = time.monotonic() - begun
        whole.append(time.monotonic() - begun)
        taken.append(processes.cpu(process) - cpu)
        first.append(seen or whole[-1])
    about = f"{name}, of {most:,}"
    yield Figure(f"{about}: first rows, p50", percentile(first, 50), "s")
    yield Figure(f"{about}: first rows, p99", percentile(first, 99), "s")
    if not is_wide:
        yield Figure(f"{about}: whole, p50", percentile(whole, 50), "s")
        yield Figure(f"{about}: whole, p99", percentile(whole, 99), "s")
        yield Figure(f"{about}: CPU, p50", percentile(taken, 50), "s", most=limit)
        yield Figure(f"{about}: CPU, p99", percentile(taken, 99), "s", most=limit)


def _lateness(seats: Seats, begin: Begin) -> Iterator[Figure]:
    search = Search(Draft(_EVERYTHING), timedelta(days=300), seconds=_WATCHED)

    def in_thread() -> None:
        files = Files(begin)
        for _ in searched(files, search, lambda: None):
            pass
        files.close()

    def in_process() -> None:
        for _ in seats.replies(search):
            pass

    for name, work in (("alone", None), ("beside threads", in_thread), ("beside processes", in_process)):
        late = _ticks(work)
        yield Figure(f"lateness {name}, p50", percentile(late, 50) * 1000, "ms")
        yield Figure(f"lateness {name}, p99", percentile(late, 99) * 1000, "ms")


def _ticks(work: Callable[[], None] | None) -> Sequence[float]:
    with _beside([work, work] if work else []):
        time.sleep(1)
        late, due = [], time.monotonic()
        while len(late) * _TICK < _WATCHED - 2:
            due += _TICK
            time.sleep(max(0.0, due - time.monotonic()))
            late.append(max(0.0, time.monotonic() - due))
            due = max(due, time.monotonic() - _TICK)
        return late


@contextmanager
def _beside(works: Sequence[Callable[[], None]]) -> Iterator[None]:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    sys.exit(main())
