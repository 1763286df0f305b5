"""Measures matching: `.venv/bin/python benchmarks/match.py --help`; README.md beside it says what and how."""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(_ROOT / "tests"))  # the throwaway PostgreSQL is the tests' own

import figures  # noqa: E402
from matching import gates, report, rulebook  # noqa: E402
from matching.agreement import agrees_with_naive  # noqa: E402
from matching.building import measured  # noqa: E402
from matching.clock import Patience, timed  # noqa: E402
from matching.comparable import ironed  # noqa: E402
from matching.comparison import Comparer  # noqa: E402
from matching.hostile import as_the_service_asks, ordeals  # noqa: E402
from matching.lexicon import Lexicon  # noqa: E402
from matching.newswire import newswire  # noqa: E402
from matching.peers.fts5 import Fts5  # noqa: E402
from matching.peers.lucene import LuceneMonitor  # noqa: E402
from matching.peers.own import Watchdesk  # noqa: E402
from matching.peers.peer import Peer  # noqa: E402
from matching.peers.percolator import Mokaccino  # noqa: E402
from matching.peers.postgresql import SplitQueries, StoredQueries  # noqa: E402
from matching.peers.regex_loop import RegexLoop  # noqa: E402
from matching.peers.tantivy import Tantivy  # noqa: E402
from matching.plot import save_plot  # noqa: E402
from matching.stages import stages  # noqa: E402
from matching.texts import Text, halves, read_texts  # noqa: E402

from watchdesk.rules import RuleSet  # noqa: E402

_MADE_UP = 800
_QUICK_MADE_UP = 60
_CHECKED = 40_000
"""Answers compared with the naive reading, a set of rules."""

_PEERS = (
    "regex", "postgresql", "postgresql-split", "fts5", "tantivy", "tantivy-batches", "mokaccino", "lucene",
)  # fmt: skip
_HARDEST = 1_000
"""Hard rules at most: their long lists are as long as some hundred ordinary rules each."""


class Measuring:
    """One run: what is measured is printed at once, and kept for the end."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._patience = Patience(options.rounds, options.seconds)
        texts, origin = _texts(options)
        for_rules, self._texts = halves(texts, options.seed)
        self._known = for_rules
        self._lexicon = Lexicon(for_rules)
        self._ironed = [ironed(text) for text in self._texts]
        words = sum(text.words for text in self._texts) / len(self._texts)
        told = f"{len(self._texts)} {origin}, {words:.0f} words each, rules from {len(for_rules)} others"
        self.results = report.Results(told)
        print(told)

    def run(self) -> None:
        """Everything that was asked for."""
        peers = dict(self._peers())
        for name in self._options.sets:
            sizes = sorted({min(size, _HARDEST) if name == "hard" else size for size in self._options.sizes})
            for size in sizes:
                self._measure(name, size, peers)
        if "hard" in self._options.sets:
            print("\nOne hostile rule alone, asked as the service asks:")
            self.results.ordeals = ordeals(self._texts, made_to_hurt=not self._options.quick)
            _say(report.ordeal_lines(self.results.ordeals))
        results = self.results
        results.gates = [
            *gates.speed_gates(results.own),
            *gates.peer_gates(results.ratios),
            *gates.build_gates(results.built),
        ]
        if results.gates:
            print("\nGates:")
            _say(list(figures.lines(results.gates)))

    def _measure(self, name: str, size: int, peers: Mapping[str, Peer]) -> None:
        book = rulebook.write_rules(name, size, self._lexicon, self._options.seed)
        key = (name, size)
        rules = RuleSet.from_yaml(book.yaml)
        own = Watchdesk(rules)
        timing = timed(own, self._texts, self._patience)
        asked = self._texts[: timing.articles]
        checked = agrees_with_naive(
            timing.answers, rules.rules, asked, pairs=_CHECKED, seed=self._options.seed
        )
        self.results.own[key], self.results.checked[key] = timing, checked
        print()
        _say([report.own_line(key, timing, checked), *(f"  {shown}" for shown in checked.shown)])
        if name == "hard":
            _say([f"{'':24}{as_the_service_asks(rules, self._texts)}"])
        if self._options.build:
            self.results.built[key] = measured(book)
            _say([report.built_line(key, self.results.built[key])])
        if name in self._options.peer_sets:
            self._compare(name, rules, peers)
        if self._options.profile and size == max(self._options.sizes):
            _say(stages(rules, self._texts).split("\n"))

    def _compare(self, name: str, rules: RuleSet, peers: Mapping[str, Peer]) -> None:
        comparer = Comparer(name, rules, self._ironed, self._patience)
        for peer in peers.values():
            row = comparer.compared(peer)
            self.results.compared.append(row)
            _say([report.comparison_line(row), *(f"  {shown}" for shown in row.agreement.shown)])

    def _peers(self) -> Iterator[tuple[str, Peer]]:
        """The engines asked for that this machine has, with a line about each."""
        known: Mapping[str, Peer] = {
            "regex": RegexLoop(),
            "postgresql": StoredQueries(),
            "postgresql-split": SplitQueries(),
            "fts5": Fts5(),
            "tantivy": Tantivy(batch=1),
            "tantivy-batches": Tantivy(batch=400),
            "mokaccino": Mokaccino(),
            "lucene": LuceneMonitor(self._options.lucene_monitor, self._known),
        }
        for short, peer in known.items():
            if short in self._options.peers:
                absent = peer.absent()
                print(f"  {peer.name}: {f'left out: {absent}' if absent else peer.setting}")
                if absent is None:
                    yield short, peer
                else:
                    self.results.left_out.append(f"{peer.name} was left out: {absent}")


def _texts(options: argparse.Namespace) -> tuple[Sequence[Text], str]:
    if options.articles is None:
        return newswire(_QUICK_MADE_UP if options.quick else _MADE_UP, options.seed), "made-up articles"
    found = read_texts(options.articles, options.shortest)
    if len(found) < 4:
        sys.exit(f"{options.articles} has {len(found)} articles of {options.shortest} words; 4 is the least")
    return found, "real articles"


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--articles", type=Path, metavar="FILE_OR_DIR", help="text files, or JSON lines with title and text")
    add("--shortest", type=int, default=400, metavar="WORDS", help="leave out shorter articles (%(default)s)")
    add("--sizes", type=_numbers, default=(1_000, 10_000, 100_000), metavar="N,N", help="numbers of rules")
    add("--sets", type=_names, default=("narrow", "broad", "hard"), help="narrow, broad, hard")
    add("--peers", type=_names, default=_PEERS, help=f"{', '.join(_PEERS)}; or none")  # fmt: skip
    add("--peer-sets", type=_names, default=("narrow",), help="sets on which other engines are measured too")
    add("--lucene-monitor", type=Path, metavar="PATH", help="Lucene Monitor's jar, or its source folder")
    add("--rounds", type=int, default=5, help="rounds, of which the median counts (%(default)s)")
    add("--seconds", type=float, default=40.0, help="for one engine at one size (%(default)s)")
    add("--seed", type=int, default=1)
    add("--no-build", dest="build", action="store_false", help="leave out building, memory and changes")
    add("--profile", action="store_true", help="where the time goes, at the largest size")
    add("--quick", action="store_true", help="everything once, in small: for trying the harness itself")
    add("--json", type=Path, metavar="FILE", help="write all figures")
    add("--plot", type=Path, metavar="FILE.png", help="draw them; needs matplotlib")
    options = parser.parse_args(arguments)
    if options.quick:
        options.sizes, options.rounds, options.seconds = (200,), 1, 1.0
    unknown = set(options.sets) - set(rulebook.SETS)
    if unknown:
        parser.error(f"there is no set {', '.join(sorted(unknown))}; there are: {', '.join(rulebook.SETS)}")
    return options


def _numbers(written: str) -> tuple[int, ...]:
    return tuple(int(number.replace("_", "")) for number in written.split(","))


def _names(written: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in written.split(",") if name.strip())


def _say(lines: Iterator[str] | Sequence[str]) -> None:
    for line in lines:
        print(line, flush=True)


def main(arguments: Sequence[str]) -> int:
    """Exit status 0; 1 when answers differ or a gate that was measured does not hold."""
    options = _options(arguments)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # one core, for children too
    measuring = Measuring(options)
    measuring.run()
    results = measuring.results
    if options.json:
        report.write_json(results, options.json)
    if options.plot:
        print(save_plot(results, options.plot))
    agreements = [*results.checked.values(), *(row.agreement for row in results.compared)]
    differ = any(agreement.different for agreement in agreements)
    return int(differ or not all(gate.holds for gate in results.gates))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
