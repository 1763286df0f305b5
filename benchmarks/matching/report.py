"""What was measured, for people: tables of text; and for programs: one JSON document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import figures
from figures import Figure

from matching.agreement import Agreement
from matching.building import Building
from matching.clock import Timing
from matching.comparison import Compared
from matching.gates import Key
from matching.hostile import Ordeal


@dataclass
class Results:
    """Everything measured in a run."""

    texts: str
    own: dict[Key, Timing] = field(default_factory=dict)
    checked: dict[Key, Agreement] = field(default_factory=dict)
    built: dict[Key, Building] = field(default_factory=dict)
    compared: list[Compared] = field(default_factory=list)
    ordeals: list[Ordeal] = field(default_factory=list)
    gates: list[Figure] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def ratios(self) -> Mapping[tuple[str, str, int], float]:
        """Engine, set and size → how many times as fast watchdesk is."""
        return {(row.peer, row.set_name, row.size): row.ratio for row in self.compared}


def own_line(key: Key, timing: Timing, checked: Agreement) -> str:
    """One set of rules, watchdesk alone."""
    return (
        f"{key[0]:7}{key[1]:>9,} rules  {timing.rate:>9,.0f} articles/s ({timing.slowest:,.0f}–"
        f"{timing.fastest:,.0f})  p50 {_ms(timing.p50)}  p99 {_ms(timing.p99)}  worst {_ms(timing.worst)}  "
        f"{timing.hits:,.1f} hits an article; against the naive reading: {checked.told}"
    )


def built_line(key: Key, built: Building) -> str:
    """What a set of rules cost before the first article."""
    change = "not to be had yet" if built.change_p99 is None else f"p99 {_ms(built.change_p99)}"
    return (
        f"{key[0]:7}{key[1]:>9,} rules  YAML {built.yaml:.2f} s, whole {built.whole:.2f} s, beyond YAML "
        f"{built.beyond_yaml:.2f} s; {built.bytes_a_rule:,.0f} bytes a rule; one rule changed: {change}"
    )


def comparison_line(row: Compared) -> str:
    """One engine beside watchdesk."""
    part = "" if row.taken == row.size else f" on {row.taken:,} of its rules"
    measured = f"{row.theirs.articles} articles × {row.theirs.rounds}"
    return (
        f"{row.set_name:7}{row.size:>9,} rules  {row.peer:24}{_rate(row.theirs.rate):>9} articles/s  "
        f"watchdesk {_rate(row.ours.rate):>7}  × {row.ratio:<9,.1f} p50 {_ms(row.theirs.p50)}  "
        f"p99 {_ms(row.theirs.p99)}  {row.theirs.hits:,.1f} hits  {row.agreement.told}  ({measured}{part})"
    )


def ordeal_lines(ordeals: Sequence[Ordeal], shown: int = 8) -> Iterator[str]:
    """The slowest of the hostile rules."""
    for ordeal in ordeals[:shown]:
        yield f"  {ordeal.seconds * 1e3:>8,.1f} ms  {ordeal.rule} on {ordeal.article}  {ordeal.told}"


def write_json(results: Results, path: Path) -> None:
    """All figures, answers left out."""
    document = {
        "texts": results.texts,
        "watchdesk": [
            {"set": name, "rules": size, **_figures(timing)} for (name, size), timing in results.own.items()
        ],
        "built": [{"set": name, "rules": size, **asdict(b)} for (name, size), b in results.built.items()],
        "compared": [
            {
                "set": row.set_name,
                "rules": row.size,
                "engine": row.peer,
                "setting": row.setting,
                "rules_taken": row.taken,
                "ratio": row.ratio,
                "different_answers": row.agreement.different,
                "theirs": _figures(row.theirs),
                "ours": _figures(row.ours),
            }
            for row in results.compared
        ],
        "ordeals": [asdict(ordeal) for ordeal in results.ordeals],
        "gates": [asdict(gate) for gate in results.gates],
    }
    notes = [*results.left_out, *_parts(results.compared)]
    figures.write(path, figures.Told(list(_told(results)), results.texts, notes), details=document)


def _told(results: Results) -> Iterator[Figure]:
    """Speeds of all sets with the other engines', how alike the answers are, and the gates."""
    for (name, size), timing in results.own.items():
        rows = [row for row in results.compared if (row.set_name, row.size) == (name, size)]
        peers = {row.peer: row.theirs.rate for row in rows}
        yield Figure(f"{name}, {size:,} rules: speed", timing.rate, "articles/s", peers=peers)
    agreements = [*results.checked.values(), *(row.agreement for row in results.compared)]
    yield Figure("answers that differ", sum(one.different for one in agreements), most=0)
    yield from results.gates


def _parts(compared: Sequence[Compared]) -> Iterator[str]:
    for row in compared:
        if row.taken < row.size:
            part = f"{row.taken:,} of the {row.size:,} {row.set_name} rules"
            beside = figures.number(row.ours.rate)
            yield f"{row.peer} was asked {part}, those it knows, where watchdesk has {beside} articles/s"


def _figures(timing: Timing) -> dict[str, float]:
    names = ("rate", "slowest", "fastest", "wall_rate", "p50", "p99", "worst", "hits", "articles", "rounds")
    return {name: getattr(timing, name) for name in names}


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:,.2f} ms"


def _rate(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:,.2f}"
