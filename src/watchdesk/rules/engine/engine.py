"""The rules of one language, ready to be asked; rules can be added and removed while it works."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from watchdesk.model import Article
from watchdesk.rules.engine.commonness import Commonness
from watchdesk.rules.engine.filing import Filing
from watchdesk.rules.engine.glance import Glance
from watchdesk.rules.engine.leaves import Leaves
from watchdesk.rules.engine.plan import Planner
from watchdesk.rules.engine.questions import Questions
from watchdesk.rules.engine.vocabulary import Vocabulary
from watchdesk.rules.rule import Rule
from watchdesk.rules.verdict import match_of


class Engine:
    """Finds the rules that match articles of one language, as `folding.folding_language` names it."""

    def __init__(self, rules: Iterable[Rule], language: str) -> None:
        leaves = Leaves(language, Commonness())
        self._leaves = leaves
        self._vocabulary = Vocabulary(leaves)
        questions = Questions(leaves)
        self._planner = Planner(leaves, questions)
        self._filing = Filing(questions.tests, self._planner.share)
        self._rules: dict[int, Rule] = {}
        self._numbers: dict[str, int] = {}
        self._conditional: set[int] = set()
        self._next = 0
        with _no_collector():
            for rule in rules:
                self.add(rule)

    def add(self, rule: Rule) -> None:
        """Takes a rule in; one with the same id is replaced."""
        if rule.id in self._numbers:
            self.remove(rule.id)
        number = self._next
        self._next += 1
        plan = self._planner.plan(rule.query.node, rule.exclude.node if rule.exclude else None)
        self._filing.add(number, plan)
        self._rules[number] = rule
        self._numbers[rule.id] = number
        if rule.languages or rule.only or rule.never or rule.at_least:
            self._conditional.add(number)

    def remove(self, rule_id: str) -> None:
        """Takes a rule out. Raises `KeyError` when there is none with this id."""
        number = self._numbers.pop(rule_id)
        self._filing.remove(number)
        self._conditional.discard(number)
        del self._rules[number]

    def matching(self, article: Article) -> list[Rule]:
        """The rules that match, in the order they were added."""
        glance = Glance(article, self._leaves, self._vocabulary)
        called = self._filing.called(glance)
        rules = self._rules
        if self._conditional:
            for number in called & self._conditional:
                if not self._meets(rules[number], glance):
                    called.discard(number)
        return [rules[number] for number in sorted(called)]

    def _meets(self, rule: Rule, glance: Glance) -> bool:
        """Whether a rule whose query holds takes the article: its language, its source, the score."""
        if rule.at_least:
            return match_of(rule, glance.reading) is not None
        return rule.obstacle(glance.article) is None


@contextmanager
def _no_collector() -> Iterator[None]:
    """Building makes millions of objects that stay; looking for rubbish among them doubles the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
