"""What must hold, by number. A gate whose figures were not measured is not judged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matching.building import Building
from matching.clock import Timing

Key = tuple[str, int]
"""Name of a set of rules, and how many there are."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One promise and what was measured."""

    promise: str
    measured: str
    holds: bool


def speed_gates(own: Mapping[Key, Timing]) -> Iterator[Gate]:
    """Of watchdesk alone, on articles as they came."""
    narrow = own.get(("narrow", 100_000))
    if narrow:
        yield _at_least("narrow, 100,000 rules: articles/s", narrow.rate, 1_500)
        yield Gate("narrow, 100,000 rules: p99 under 3 ms", f"{narrow.p99 * 1e3:.2f} ms", narrow.p99 < 0.003)
    fewer = own.get(("narrow", 10_000))
    if narrow and fewer:
        slower = fewer.rate / narrow.rate
        yield Gate("narrow: at most twice slower than with 10,000", f"{slower:.2f} times", slower <= 2)
    broad = own.get(("broad", 100_000))
    if broad:
        yield _at_least("broad, 100,000 rules: articles/s", broad.rate, 600)


_AHEAD: Mapping[str, Mapping[int, float]] = {
    "regex loop": {1_000: 150, 10_000: 2_000},
    "PostgreSQL tsquery scan": {10_000: 15, 100_000: 100},
    "SQLite FTS5, batches": {10_000: 1, 100_000: 1},
    "Lucene Monitor": {100_000: 10},
}
"""Engine → size → how many times as fast watchdesk is to be, on the narrow rules."""


def peer_gates(ratios: Mapping[tuple[str, str, int], float]) -> Iterator[Gate]:
    """By engine, set and size: our articles a second over theirs, on the same rules and articles."""
    for peer, sizes in _AHEAD.items():
        for size, wanted in sizes.items():
            ratio = ratios.get((peer, "narrow", size))
            if ratio is not None:
                yield _at_least(f"times as fast as {peer}, {size:,} rules", ratio, wanted)


def build_gates(built: Mapping[Key, Building]) -> Iterator[Gate]:
    """What comes before the first article."""
    building = built.get(("narrow", 100_000))
    if building is None:
        return
    beyond = building.beyond_yaml
    yield Gate("100,000 rules built in 4 s beyond reading YAML", f"{beyond:.1f} s", beyond <= 4)
    size = building.bytes_a_rule
    yield Gate("at most 1 kB of memory a rule (an aim)", f"{size:,.0f} bytes", size <= 1_024)
    change = building.change_p99
    if change is not None:
        yield Gate("one rule changed: p99 under 1 ms", f"{change * 1e3:.2f} ms", change < 0.001)


def _at_least(promise: str, figure: float, wanted: float) -> Gate:
    return Gate(f"{promise}, at least {wanted:,.0f}", f"{figure:,.1f}", figure >= wanted)
