"""mokaccino, a percolator in Rust by way of its Python package.

It knows values of fields and their prefixes, but no positions: rules with phrases or NEAR are left out.
At its best: optimized after the rules are in, and an article is the set of its words, cut by one expression.
"""

import re
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any as Untyped

from matching.peers.peer import Ids, Run, one_by_one
from matching.question import All, Any, Expression, InTitle, Near, No, Question, Term, parts, question_of
from matching.texts import Text
from watchdesk.rules import Rule

_WORD = re.compile(r"[a-z0-9]+")


class Mokaccino:
    """Rules of single words only."""

    name = "mokaccino"
    setting = "Percolator.optimized(), an article's distinct words as values of one field"

    def __init__(self) -> None:
        self._percolator: Untyped = None
        self._document: Untyped = None
        self._ids: list[str] = []

    def absent(self) -> str | None:
        return None if find_spec("mokaccino") else "not installed (pip install mokaccino)"

    def takes(self, rule: Rule) -> bool:
        question = question_of(rule)
        if question is None:
            return False
        return not any(_unknown(part) for part in parts(question))

    def build(self, rules: Sequence[Rule]) -> None:
        mokaccino = import_module("mokaccino")
        self._document = mokaccino.Document
        percolator = mokaccino.Percolator()
        self._ids = [rule.id for rule in rules]
        for number, rule in enumerate(rules):
            question = question_of(rule)
            assert question is not None
            percolator.add_query_id(mokaccino.Query.parse(_written(question)), number)
        self._percolator = percolator.optimized()

    def run(self, texts: Sequence[Text]) -> Run:
        return one_by_one(texts, self._matching)

    def close(self) -> None:
        self._percolator = None

    def _matching(self, text: Text) -> Ids:
        document = self._document()
        add = document.add_value
        title = set(_WORD.findall(text.title.lower()))
        for word in title:
            add("title", word)
        for word in title.union(_WORD.findall(text.body.lower())):
            add("all", word)
        return frozenset(self._ids[number] for number in self._percolator.percolate_list(document))


def _unknown(part: Question) -> bool:
    return isinstance(part, Expression | Near) or (isinstance(part, Term) and len(part.words) > 1)


def _written(question: Question, field: str = "all") -> str:
    match question:
        case All():
            return f"({' AND '.join(_written(part, field) for part in question.parts)})"
        case Any():
            return f"({' OR '.join(_written(part, field) for part in question.parts)})"
        case No():
            return f"(NOT {_written(question.part, field)})"
        case InTitle():
            return _written(question.part, "title")
        case Term():
            return f"{field}:{question.words[0]}{'*' if question.prefix else ''}"
        case _:
            raise ValueError(question)
