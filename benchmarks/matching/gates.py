"""What must hold, by number. A gate whose figures were not measured is not judged."""

from collections.abc import Iterator, Mapping

from figures import Figure

from matching.building import Building
from matching.clock import Timing

Key = tuple[str, int]
"""Name of a set of rules, and how many there are."""


def speed_gates(own: Mapping[Key, Timing]) -> Iterator[Figure]:
    """Of watchdesk alone, on articles as they came."""
    narrow = own.get(("narrow", 100_000))
    if narrow:
        yield Figure("narrow, 100,000 rules: articles a second", narrow.rate, least=1_500)
        yield Figure("narrow, 100,000 rules: p99", 1e3 * narrow.p99, "ms", most=3)
    fewer = own.get(("narrow", 10_000))
    if narrow and fewer:
        yield Figure("narrow: times slower than with 10,000 rules", fewer.rate / narrow.rate, most=2)
    broad = own.get(("broad", 100_000))
    if broad:
        yield Figure("broad, 100,000 rules: articles a second", broad.rate, least=600)


_AHEAD: Mapping[str, Mapping[int, float]] = {
    "regex loop": {1_000: 150, 10_000: 2_000},
    "PostgreSQL tsquery scan": {10_000: 15, 100_000: 100},
    "SQLite FTS5, batches": {10_000: 1, 100_000: 1},
    "Lucene Monitor": {100_000: 10},
}
"""Engine → size → how many times as fast watchdesk is to be, on the narrow rules."""


def peer_gates(ratios: Mapping[tuple[str, str, int], float]) -> Iterator[Figure]:
    """By engine, set and size: our articles a second over theirs, on the same rules and articles."""
    for peer, sizes in _AHEAD.items():
        for size, wanted in sizes.items():
            ratio = ratios.get((peer, "narrow", size))
            if ratio is not None:
                yield Figure(f"times as fast as {peer}, {size:,} rules", ratio, least=wanted)


def build_gates(built: Mapping[Key, Building]) -> Iterator[Figure]:
    """What comes before the first article."""
    building = built.get(("narrow", 100_000))
    if building is None:
        return
    yield Figure("100,000 rules built, beyond reading YAML", building.beyond_yaml, "s", most=4)
    yield Figure("memory a rule (an aim)", building.bytes_a_rule, "bytes", most=1_024)
    if building.change_p99 is not None:
        yield Figure("one rule of 100,000 changed: p99", 1e3 * building.change_p99, "ms", most=1)
