"""tantivy, the search engine in Rust, by way of its Python package. It has no percolator, so it is asked the
other way round: articles are indexed in memory, and every rule's query is run.

At its best: queries are made once, and the index keeps no texts, has one segment, and is emptied and filled
again, which costs less than a new one.
"""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from itertools import product
from time import perf_counter, process_time
from typing import Any as Untyped

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
from watchdesk.rules.matching.reading import PARAGRAPH_GAP

_LEAST_MEMORY = 15_000_000
"""Bytes; a writer takes no less."""

_MEMORY_OF_ARTICLE = 250_000
"""Bytes; with too few, a batch becomes several segments."""

_GAP = " ".join(["0"] * PARAGRAPH_GAP)
"""Stands between title and body, so that no NEAR joins them."""


class Tantivy:
    """Articles by the batch, or one by one."""

    def __init__(self, batch: int) -> None:
        self.name = "tantivy, one by one" if batch == 1 else "tantivy, batches"
        articles = "each article" if batch == 1 else f"{batch} articles"
        self.setting = f"{articles} indexed in memory, then each rule's query run"
        self._batch = batch
        self._library: Untyped = None
        self._index: Untyped = None
        self._writer: Untyped = None
        self._queries: list[tuple[str, Untyped]] = []

    def absent(self) -> str | None:
        return None if find_spec("tantivy") else "not installed (pip install tantivy)"

    def takes(self, rule: Rule) -> bool:
        question = question_of(rule)
        if question is None or has_free_negation(question):
            return False
        return not any(map(_unknown, parts(question)))

    def build(self, rules: Sequence[Rule]) -> None:
        self._library = library = import_module("tantivy")
        schema = library.SchemaBuilder()
        for field in ("title", "all"):
            schema.add_text_field(field, tokenizer_name="default", index_option="position")
        self._index = library.Index(schema.build())
        self._writer = self._index.writer(
            heap_size=_LEAST_MEMORY + self._batch * _MEMORY_OF_ARTICLE, num_threads=1
        )
        writing = _Writing(library.Query, library.Occur, self._index.schema)
        asked = ((rule.id, question_of(rule)) for rule in rules)
        self._queries = [(rule_id, writing.query(question)) for rule_id, question in asked if question]

    def run(self, texts: Sequence[Text]) -> Run:
        answers: list[Ids] = []
        waits: list[float] = []
        cpu = wall = 0.0
        for first in range(0, len(texts), self._batch):
            batch = texts[first : first + self._batch]
            started, before = perf_counter(), process_time()
            answers += self._answers(batch)
            took = process_time() - before
            cpu, wall = cpu + took, wall + perf_counter() - started
            waits += [took] * len(batch)
        return Run(answers, cpu, wall, waits)

    def close(self) -> None:
        self._queries = []
        self._index = self._writer = None

    def _answers(self, texts: Sequence[Text]) -> list[Ids]:
        writer, document = self._writer, self._library.Document
        writer.delete_all_documents()
        for text in texts:
            writer.add_document(document(title=text.title, all=f"{text.title} {_GAP} {text.body}"))
        writer.commit()
        self._index.reload()
        searcher = self._index.searcher()
        assert searcher.num_segments == 1  # so that numbers of documents are those of the batch
        found: list[set[str]] = [set() for _ in texts]
        search, most = searcher.search, len(texts)
        for rule_id, query in self._queries:
            for _, address in search(query, limit=most, count=False).hits:
                found[address.doc].add(rule_id)
        return [frozenset(ids) for ids in found]


class _Writing:
    """Questions → tantivy's queries."""

    def __init__(self, query: Untyped, occur: Untyped, schema: Untyped) -> None:
        self._query = query
        self._occur = occur
        self._schema = schema

    def query(self, question: Question, field: str = "all") -> Untyped:
        occur = self._occur
        match question:
            case All():
                asked = [(occur.MustNot, part.part) if isinstance(part, No) else (occur.Must, part)
                         for part in question.parts]  # fmt: skip
                return self._joined([(how, self.query(part, field)) for how, part in asked])
            case Any():
                return self._joined([(occur.Should, self.query(part, field)) for part in question.parts])
            case InTitle():
                return self.query(question.part, "title")
            case Near():
                return self._near(question)
            case Term():
                return self._term(question, field)
            case _:
                raise ValueError(question)

    def _near(self, near: Near) -> Untyped:
        """A phrase with room for words between, in each order: for two words, slop means that."""
        pairs = [
            self._query.phrase_query(self._schema, "all", words, slop=near.distance - 1)
            for one, other in product(near.left, near.right)
            for words in ([*one.words, *other.words], [*other.words, *one.words])
        ]
        either = self._joined([(self._occur.Should, pair) for pair in pairs])
        if len(pairs) == 2:  # one word on each side
            return either
        sides = [self.query(Any(side)) for side in (near.left, near.right)]
        return self._joined([(self._occur.Must, part) for part in (*sides, either)])

    def _term(self, term: Term, field: str) -> Untyped:
        if term.prefix:
            return self._query.regex_query(self._schema, field, f"{term.words[0]}.*")
        if len(term.words) == 1:
            return self._query.term_query(self._schema, field, term.words[0])
        return self._query.phrase_query(self._schema, field, [*term.words])

    def _joined(self, asked: list[tuple[Untyped, Untyped]]) -> Untyped:
        return self._query.boolean_query(asked)


def _unknown(part: Question) -> bool:
    """Beside expressions: phrases that end in a wildcard, and those in a NEAR."""
    match part:
        case Term():
            return part.prefix and len(part.words) > 1
        case Near():
            return any(len(term.words) > 1 or term.prefix for term in (*part.left, *part.right))
        case _:
            return isinstance(part, Expression)
