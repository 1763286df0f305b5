"""SQLite FTS5 the other way round: a batch of articles is indexed in memory, and every rule's query run.

At its best: articles come 400 at a time (few desks could wait for so many), the index keeps no texts and is
merged before it is asked, the tokenizer is the fast one for ASCII, and a NEAR between groups is written out
as its pairs behind a guard.
"""

import sqlite3
from collections.abc import Sequence
from itertools import product
from time import perf_counter, process_time

from matching.peers.peer import Ids, Run
from matching.question import (
    All,
    Any,
    Expression,
    InTitle,
    Near,
    No,
    Question,
    Term,
    has_free_negation,
    parts,
    question_of,
)
from matching.texts import Text
from watchdesk.rules import Rule

_BATCH = 400


class Fts5:
    """Batches of 400 articles."""

    name = "SQLite FTS5, batches"
    setting = f"{_BATCH} articles indexed in memory (contentless, ascii, optimized), then each rule's MATCH"

    def __init__(self) -> None:
        self._queries: list[tuple[str, str]] = []

    def absent(self) -> str | None:
        with sqlite3.connect(":memory:") as memory:
            known = memory.execute("PRAGMA compile_options").fetchall()
        return None if ("ENABLE_FTS5",) in known else "this Python's SQLite has no FTS5"

    def takes(self, rule: Rule) -> bool:
        question = question_of(rule)
        if question is None or has_free_negation(question):
            return False
        return not any(isinstance(part, Expression) for part in parts(question))

    def build(self, rules: Sequence[Rule]) -> None:
        asked = ((rule.id, question_of(rule)) for rule in rules)
        self._queries = [(rule_id, _written(question)) for rule_id, question in asked if question]

    def run(self, texts: Sequence[Text]) -> Run:
        answers: list[Ids] = []
        waits: list[float] = []
        cpu = wall = 0.0
        for first in range(0, len(texts), _BATCH):
            batch = texts[first : first + _BATCH]
            started, before = perf_counter(), process_time()
            answers += self._batch(batch)
            took = process_time() - before
            cpu, wall = cpu + took, wall + perf_counter() - started
            waits += [took] * len(batch)
        return Run(answers, cpu, wall, waits)

    def close(self) -> None:
        self._queries = []

    def _batch(self, texts: Sequence[Text]) -> list[Ids]:
        memory = sqlite3.connect(":memory:", isolation_level=None)
        memory.execute("CREATE VIRTUAL TABLE t USING fts5(title, body, content='', tokenize='ascii')")
        memory.execute("BEGIN")
        memory.executemany("INSERT INTO t VALUES (?, ?)", [(text.title, text.body) for text in texts])
        memory.execute("COMMIT")
        memory.execute("INSERT INTO t(t) VALUES ('optimize')")
        found: list[set[str]] = [set() for _ in texts]
        for rule_id, query in self._queries:
            for (row,) in memory.execute("SELECT rowid FROM t WHERE t MATCH ?", (query,)):
                found[row - 1].add(rule_id)
        memory.close()
        return [frozenset(ids) for ids in found]


def _written(question: Question) -> str:
    match question:
        case All():
            wanted = [_written(part) for part in question.parts if not isinstance(part, No)]
            unwanted = [_written(part.part) for part in question.parts if isinstance(part, No)]
            both = f"({' AND '.join(wanted)})"
            return f"({both} NOT ({' OR '.join(unwanted)}))" if unwanted else both
        case Any():
            return f"({' OR '.join(map(_written, question.parts))})"
        case InTitle():
            return f"(title : ({_written(question.part)}))"
        case Near():
            return _near(question)
        case Term():
            return _term(question)
        case _:
            raise ValueError(question)


def _near(near: Near) -> str:
    """FTS5 counts the words between, and takes no OR inside NEAR."""
    pairs = [
        f"NEAR({_term(one)} {_term(other)}, {near.distance - 1})"
        for one, other in product(near.left, near.right)
    ]
    if len(pairs) == 1:
        return pairs[0]
    sides = (f"({' OR '.join(map(_term, side))})" for side in (near.left, near.right))
    return f"({' AND '.join(sides)} AND ({' OR '.join(pairs)}))"


def _term(term: Term) -> str:
    quoted = f'"{" ".join(term.words)}"'
    return f"{quoted} *" if term.prefix else quoted
