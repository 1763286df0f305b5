"""The loop most small monitors are: a compiled regular expression a term, every rule tried in turn.

At its best: a term that many rules share is compiled once, AND stops at the first miss, and a NEAR is
looked for only where both its sides are there.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache

from matching.peers.peer import Ids, Run, one_by_one
from matching.question import All, Any, Expression, InTitle, Near, No, Question, Term, question_of
from matching.texts import Text
from watchdesk.rules import Rule

_BETWEEN = r"[^\w\n]+"
Test = Callable[[str, str], object]
"""Title, title and body → true or false."""


class RegexLoop:
    """`re`, case-insensitive, one expression a term."""

    name = "regex loop"
    setting = "re.IGNORECASE, one expression a term, compiled once, each rule in turn"

    def __init__(self) -> None:
        self._tests: list[tuple[str, Test]] = []

    def absent(self) -> str | None:
        return None

    def takes(self, rule: Rule) -> bool:
        return question_of(rule) is not None

    def build(self, rules: Sequence[Rule]) -> None:
        asked = ((rule.id, question_of(rule)) for rule in rules)
        self._tests = [(rule_id, _test(question)) for rule_id, question in asked if question]

    def run(self, texts: Sequence[Text]) -> Run:
        return one_by_one(texts, self._matching)

    def close(self) -> None:
        self._tests = []

    def _matching(self, text: Text) -> Ids:
        title, whole = text.title, f"{text.title}\n{text.body}"
        return frozenset(rule_id for rule_id, test in self._tests if test(title, whole))


def _test(question: Question) -> Test:
    match question:
        case All():
            tests = [_test(part) for part in question.parts]
            return lambda title, text: all(test(title, text) for test in tests)
        case Any():
            tests = [_test(part) for part in question.parts]
            return lambda title, text: any(test(title, text) for test in tests)
        case No():
            unwanted = _test(question.part)
            return lambda title, text: not unwanted(title, text)
        case InTitle():
            inner = _test(question.part)
            return lambda title, _: inner(title, title)
        case Near():
            return _near(question)
        case Term():
            search = _compiled(_written(question))
        case Expression():
            search = _compiled(question.regex)
    return lambda _, text: search(text)


def _near(near: Near) -> Test:
    left, right = (f"(?:{'|'.join(map(_written, side))})" for side in (near.left, near.right))
    gap = rf"(?:{_BETWEEN}\w+){{0,{near.distance - 1}}}{_BETWEEN}"
    one, other = _compiled(left), _compiled(right)
    both = _compiled(f"{left}{gap}{right}|{right}{gap}{left}")
    return lambda _, text: one(text) and other(text) and both(text)


def _written(term: Term) -> str:
    words = _BETWEEN.join(term.words)
    return rf"\b{words}\w*" if term.prefix else rf"\b{words}\b"


@cache
def _compiled(regex: str) -> Callable[[str], object]:
    return re.compile(regex, re.IGNORECASE).search
