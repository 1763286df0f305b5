"""Measures search and backtests over an archive that load.py made and that has its index:
`.venv/bin/python benchmarks/archive/looking_back.py --help`.

All figures are CPU time inside a started process, with what it reads in the system's cache: each question is
asked once before it is measured.
"""

import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from figures import Figure

from archive.measured import measure
from archive.words import COMMON, PAIR, RARE, TOGETHER
from watchdesk.archive.condition import condition_of, condition_of_rule
from watchdesk.backtest import Window, compare, reach, search
from watchdesk.model.archive import Archived, LookBack
from watchdesk.rules import Query, RuleSet
from watchdesk.store import SqlStore

_PAGE = 50
_MONTH = timedelta(days=30)
_RULES = {
    "of one article in a hundred": f"'{COMMON}'",
    "of a hundred in all": f"'{RARE}'",
    "NEAR, of two hundred candidates in a hundred thousand": f"'{TOGETHER[0]} NEAR/9 {TOGETHER[1]}'",
}


def main() -> int:
    """Exit status 0; 1 when a limit is not kept."""
    return measure(__doc__, "nothing in it is changed", _measured)


def _measured(store: SqlStore) -> tuple[Sequence[Figure], str]:
    coverage = store.index_coverage()
    articles = store.article_count(datetime(1970, 1, 1, tzinfo=UTC))
    data = f"{articles:,} articles, {coverage.indexed:,} of them in the index"
    return [*_searches(store), *_backtests(store)], data


def _searches(store: SqlStore) -> list[Figure]:
    asked: dict[str, tuple[str, int, float | None]] = {
        f"first {_PAGE} of a query that matches 1 %": (COMMON, _PAGE, 0.3),
        "whole search of 80 candidates": (RARE, 10_000, 1.0),
        "whole search of two words that never meet": (" AND ".join(PAIR), 10_000, 1.0),
        "whole search of two words that meet, but never near": (
            f"{TOGETHER[0]} NEAR/9 {TOGETHER[1]}",
            _PAGE,
            None,
        ),
        "first one of a query that everything matches": ("the", 1, 0.3),
    }
    told: list[Figure] = []
    for name, (text, most, limit) in asked.items():
        seconds, found = _best(lambda text=text, most=most: _search(store, text, most))  # type: ignore[misc]  # bound now
        told.append(Figure(f"{name} ({found:,} found)", seconds, "s", most=limit))
    return told


def _search(store: SqlStore, text: str, most: int) -> int:
    query = Query.parse(text)
    pages = store.look_back(LookBack(condition=condition_of(query.node)))
    return sum(1 for _ in islice(search(pages, query), most))


def _backtests(store: SqlStore) -> list[Figure]:
    now = datetime.now(UTC)
    told: list[Figure] = []
    for name, query in _RULES.items():
        rules = RuleSet.from_yaml(f"rules: {{rule-00: {{title: A, query: {query}}}}}")
        read = _read(store, rules, now)  # also for the cache
        engine, _ = _timed(lambda rules=rules, read=read: [rules.matching(one.article) for one in read])  # type: ignore[misc]
        whole, _ = _best(lambda rules=rules: _backtest(store, rules, now))  # type: ignore[misc]
        limit = 1 + 1.2 * engine
        told.append(
            Figure(f"backtest {name}: {len(read):,} read, engine {engine:.2f} s", whole, "s", most=limit)
        )
    return told


def _read(store: SqlStore, rules: RuleSet, now: datetime) -> Sequence[Archived]:
    asked = LookBack(
        now - _MONTH, reach(rules.rules), condition_of_rule(rules.rules[0]), frozenset(("rule-00",))
    )
    return [one for page in store.look_back(asked) for one in page.articles]


def _backtest(store: SqlStore, rules: RuleSet, now: datetime) -> int:
    fresh = RuleSet(rules.rules)  # without an engine
    window = Window(now - _MONTH, now, ZoneInfo("UTC"), store.oldest_article(now - _MONTH))
    return compare(_read(store, rules, now), fresh, window, store.article_count(now - _MONTH)).articles


def _best(work: Callable[[], int]) -> tuple[float, int]:
    """The least of three, in seconds of CPU time, after one that only warms the cache; and what it gave."""
    work()
    return min(_timed(work) for _ in range(3))


def _timed(work: Callable[[], object]) -> tuple[float, int]:
    begun = time.process_time()
    given = work()
    return time.process_time() - begun, given if isinstance(given, int) else 0


if __name__ == "__main__":
    sys.exit(main())
