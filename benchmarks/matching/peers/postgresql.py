"""PostgreSQL with the rules stored as `tsquery`, all of them tried on each article's `tsvector`.

`StoredQueries` is what its manual suggests; `SplitQueries` is the best we could make of it. For both a
prepared statement, no parallel workers (one core for all), everything in memory. Processor time is the
client's and its server process's.
"""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg

from matching.peers import tsquery
from matching.peers.peer import Ids, Run, one_by_one
from matching.question import Question, question_of
from matching.texts import Text
from support.postgresql import Cluster, binaries
from watchdesk.rules import Rule

_LARGEST = 7_500
"""Bytes: a `tsquery` must fit in a page."""

_TABLE = """
    DROP TABLE IF EXISTS rules;
    CREATE TABLE rules (id text NOT NULL, query tsquery NOT NULL, distances tsquery[]);
    ALTER TABLE rules ALTER distances SET STORAGE EXTERNAL;
"""
_READ = """
    WITH article AS MATERIALIZED (
        SELECT setweight(to_tsvector('simple', %s), 'A') || '''|'':50'::tsvector
               || to_tsvector('simple', %s) AS words
    )
    SELECT rules.id FROM rules, article WHERE query @@ words
"""
_AND_DISTANCES = (
    " AND (distances IS NULL OR EXISTS (SELECT FROM unnest(distances) AS way WHERE way @@ words))"
)


class StoredQueries:
    """A table of `tsquery`, scanned for each article."""

    name = "PostgreSQL tsquery scan"
    setting = "SELECT id FROM rules WHERE query @@ to_tsvector('simple', …), prepared, one core"
    read = _READ

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._cluster: Cluster | None = None
        self._connection: psycopg.Connection | None = None

    def absent(self) -> str | None:
        return None if binaries() else "there is no PostgreSQL (apt install postgresql)"

    def takes(self, rule: Rule) -> bool:
        question = question_of(rule)
        if question is None or not tsquery.can_be_written(question):
            return False
        return tsquery.size(self.stored(question)[0]) <= _LARGEST

    def stored(self, question: Question) -> tuple[str, list[str] | None]:
        """What the two columns hold of a rule."""
        return tsquery.whole(question), None

    def build(self, rules: Sequence[Rule]) -> None:
        connection = self._connected()
        connection.execute(_TABLE)
        with connection.cursor().copy("COPY rules FROM STDIN") as copy:
            for rule in rules:
                question = question_of(rule)
                assert question is not None
                copy.write_row((rule.id, *self.stored(question)))
        connection.execute("VACUUM (ANALYZE, FREEZE) rules")

    def run(self, texts: Sequence[Text]) -> Run:
        return one_by_one(texts, self._matching, self._cpu)

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        if self._cluster:
            self._cluster.__exit__(None, None, None)
        if self._folder:
            self._folder.cleanup()
        self._folder = self._cluster = self._connection = None

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            self._folder = tempfile.TemporaryDirectory(prefix="watchdesk-match-", dir="/tmp")
            self._cluster = Cluster(Path(self._folder.name)).__enter__()
            self._connection = psycopg.connect(self._cluster.new_database(), autocommit=True)
            self._connection.execute("SET max_parallel_workers_per_gather = 0")
            self._connection.execute("SET jit = off")
        return self._connection

    def _cpu(self) -> float:
        server = self._connected().info.backend_pid
        return time.process_time() + time.clock_gettime(_cpu_clock(server))

    def _matching(self, text: Text) -> Ids:
        rows = self._connected().execute(self.read, (text.title, text.body), prepare=True)
        return frozenset(row[0] for row in rows)


class SplitQueries(StoredQueries):
    """Words in one short column, distances in another, read only where the words are all there."""

    name = "PostgreSQL, split"
    setting = "the same with NEAR in a column of its own, looked at where its words are there"
    read = _READ + _AND_DISTANCES

    def stored(self, question: Question) -> tuple[str, list[str] | None]:
        return tsquery.words(question), tsquery.distances(question)


def _cpu_clock(process: int) -> int:
    """The clock of another process, as clock_getcpuclockid(3) of Linux makes it."""
    return ~process << 3 | 2
