"""What rules cost before the first article: reading, building, memory, and one rule changed.

Measured in processes of their own, so that nothing else is in their memory.
"""

import gc
import json
import subprocess
import sys
import tempfile
import tracemalloc
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

from matching.clock import percentile
from matching.rulebook import Rulebook
from matching.texts import Text
from watchdesk.config.parsing import parse_document
from watchdesk.config.places import Problems
from watchdesk.rules import RuleSet

_CHANGES = 300
_WEIGHED = 10_000
"""Rules whose memory is counted; counting slows everything down."""


@dataclass(frozen=True, slots=True)
class Building:
    """Seconds, and bytes a rule."""

    yaml: float
    """The YAML document alone."""
    whole: float
    """From the text of the file until the first article can be asked."""
    bytes_a_rule: float
    """Rules and what is built of them, by tracemalloc."""
    change_p99: float | None
    """One rule taken out, or put in again; None where a `RuleSet` cannot yet."""

    @property
    def beyond_yaml(self) -> float:
        return self.whole - self.yaml


def measured(book: Rulebook) -> Building:
    """Reads and builds the rules of a file, from its text."""
    return Building(**_in_process("time", book), **_in_process("memory", book.first(_WEIGHED)))


def _in_process(what: str, book: Rulebook) -> dict[str, float]:
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        file.write(book.yaml)
        file.flush()
        program = [sys.executable, "-m", "matching.building", what, file.name]
        folder = Path(__file__).resolve().parent.parent
        done = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _timed(text: str) -> dict[str, float | None]:
    start = perf_counter()
    parse_document(text, "rules.yaml", Problems())
    yaml = perf_counter() - start
    gc.collect()
    start = perf_counter()
    rules = _ready(text)
    whole = perf_counter() - start
    return {"yaml": yaml, "whole": whole, "change_p99": _change_p99(rules)}


def _weighed(text: str) -> dict[str, float]:
    """Bytes a rule, beyond what the first rule brings with it (tables, caches, modules)."""
    _ready("rules: {first: {query: first}}")
    gc.collect()
    tracemalloc.start()
    rules = _ready(text)
    gc.collect()
    return {"bytes_a_rule": tracemalloc.get_traced_memory()[0] / len(rules.rules)}


def _ready(text: str) -> RuleSet:
    rules = RuleSet.from_yaml(text)
    rules.matching(Text("", "").article())
    return rules


def _change_p99(rules: RuleSet) -> float:
    """A rule taken out and put in again; each change counts until an article can be asked again."""
    article = Text("", "").article()
    engine = rules.engine(article.language)
    seconds: list[float] = []
    for rule in rules.rules[:: max(1, len(rules.rules) // _CHANGES)][:_CHANGES]:
        for change in (partial(engine.remove, rule.id), partial(engine.add, rule)):
            start = perf_counter()
            change()
            engine.matching(article)
            seconds.append(perf_counter() - start)
    return percentile(sorted(seconds), 0.99)


if __name__ == "__main__":
    measure = {"time": _timed, "memory": _weighed}[sys.argv[1]]
    print(json.dumps(measure(Path(sys.argv[2]).read_text(encoding="utf-8"))))
