"""PostgreSQL with the rules stored as `tsquery`, all of them tried on each article's `tsvector`.

At its best: prepared statement, small rows, no parallel workers (one core for all). NEAR, which it lacks, is
written out distance by distance in a second column, which is read only where its words are all there.
"""

import tempfile
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

import psycopg

from matching.peers.peer import Ids, Run, one_by_one
from matching.question import All, Any, Expression, InTitle, Near, No, Question, Term, parts, question_of
from matching.texts import Text
from support.postgresql import Cluster, binaries
from watchdesk.rules import Rule

_FARTHEST = 20
"""Words; a wider NEAR would be written out in more distances than anybody would."""

_LONGEST = 6_000
"""Characters of one query: a `tsquery` must fit in a page."""

_TABLE = """
    DROP TABLE IF EXISTS rules;
    CREATE TABLE rules (id text NOT NULL, words tsquery NOT NULL, distances tsquery[]);
    ALTER TABLE rules ALTER distances SET STORAGE EXTERNAL;
"""
_READ = """
    WITH article AS MATERIALIZED (
        SELECT setweight(to_tsvector('simple', %s), 'A') || '''|'':50'::tsvector
               || to_tsvector('simple', %s) AS words
    )
    SELECT rules.id FROM rules, article
    WHERE rules.words @@ article.words
      AND (distances IS NULL OR EXISTS (SELECT FROM unnest(distances) AS d WHERE d @@ article.words))
"""


class StoredQueries:
    """A table of `tsquery`, scanned for each article."""

    name = "PostgreSQL tsquery scan"
    setting = "stored tsquery @@ to_tsvector('simple', …), sequential scan, prepared, one core"

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._cluster: Cluster | None = None
        self._connection: psycopg.Connection | None = None

    def absent(self) -> str | None:
        return None if binaries() else "there is no PostgreSQL (apt install postgresql)"

    def takes(self, rule: Rule) -> bool:
        question = question_of(rule)
        if question is None or any(map(_unknown, parts(question))):
            return False
        nears = sum(isinstance(part, Near) for part in parts(question))
        if nears > len(_required_nears(question)) or nears > 1:
            return False
        return len(_written(question)) <= _LONGEST

    def build(self, rules: Sequence[Rule]) -> None:
        connection = self._connected()
        connection.execute(_TABLE)
        with connection.cursor().copy("COPY rules FROM STDIN") as copy:
            for rule in rules:
                question = question_of(rule)
                assert question is not None
                copy.write_row((rule.id, _written(question), _distances(question)))
        connection.execute("VACUUM (ANALYZE, FREEZE) rules")

    def run(self, texts: Sequence[Text]) -> Run:
        return one_by_one(texts, self._matching)

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

    def _matching(self, text: Text) -> Ids:
        rows = self._connected().execute(_READ, (text.title, text.body), prepare=True)
        return frozenset(row[0] for row in rows)


def _unknown(part: Question) -> bool:
    return isinstance(part, Expression) or (isinstance(part, Near) and part.distance > _FARTHEST)


def _required_nears(question: Question) -> list[Near]:
    """The NEARs without which nothing matches."""
    below = question.parts if isinstance(question, All) else (question,)
    return [part for part in below if isinstance(part, Near)]


def _distances(question: Question) -> list[str] | None:
    """Ways in which the one NEAR of a question may hold; None where there is none."""
    found = _required_nears(question)
    return _ways(found[0]) if found else None


def _written(question: Question, weight: str = "") -> str:
    match question:
        case All():
            return f"({' & '.join(_written(part, weight) for part in question.parts)})"
        case Any():
            return f"({' | '.join(_written(part, weight) for part in question.parts)})"
        case No():
            return f"!{_written(question.part, weight)}"
        case InTitle():
            return _written(question.part, "A")
        case Near():
            sides = (question.left, question.right)
            return f"({' & '.join(_written(Any(side)) for side in sides)})"
        case Term():
            return _term(question, weight)
        case _:
            raise ValueError(question)


def _ways(near: Near) -> list[str]:
    """In each order and distance; terms of one length together, for a longer one moves the others."""
    lefts, rights = list(_by_length(near.left)), list(_by_length(near.right))
    pairs = [(one, other) for one in lefts for other in rights]
    pairs += [(other, one) for one, other in pairs]
    distances = range(1, near.distance + 1)
    return [f"{one} <{distance}> {other}" for one, other in pairs for distance in distances]


def _by_length(terms: Iterable[Term]) -> Iterable[str]:
    ordered = sorted(terms, key=lambda term: len(term.words))
    for _, group in groupby(ordered, key=lambda term: len(term.words)):
        yield f"({' | '.join(_term(term) for term in group)})"


def _term(term: Term, weight: str = "") -> str:
    words = [f"'{word}'{f':{weight}' if weight else ''}" for word in term.words]
    if term.prefix:
        words[-1] = f"'{term.words[-1]}':*{weight}"
    return f"({' <-> '.join(words)})" if len(words) > 1 else words[0]
