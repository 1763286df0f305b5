"""The rules of one language, ready to be asked; rules can be added and removed while it works."""

from collections.abc import Iterable, Set

from watchdesk.model import Article
from watchdesk.rules.collector import held_collector
from watchdesk.rules.engine.index import Filing
from watchdesk.rules.engine.plan import Planner
from watchdesk.rules.engine.predicates import Leaves
from watchdesk.rules.engine.residual import Questions
from watchdesk.rules.engine.view import Glance
from watchdesk.rules.engine.vocabulary import Vocabulary
from watchdesk.rules.rule import Rule, match_of


class Engine:
    """Finds the rules that match articles of one language, as `folding.folding_language` names it."""

    def __init__(self, rules: Iterable[Rule], language: str) -> None:
        leaves = Leaves(language)
        self._leaves = leaves
        self._vocabulary = Vocabulary(leaves)
        questions = Questions(leaves)
        self._planner = Planner(leaves, questions)
        self._filing = Filing(leaves, questions.tests)
        self._conditional: dict[str, Rule] = {}
        """Rules that ask for more than their query does."""
        with held_collector():
            for rule in rules:
                self.add(rule)

    def add(self, rule: Rule) -> None:
        """Takes a rule in; one with the same id is replaced."""
        if rule.id in self._filing:
            self.remove(rule.id)
        plan = self._planner.plan(rule.query.node, rule.exclude.node if rule.exclude else None)
        if rule.languages or rule.only or rule.never or rule.at_least:
            self._conditional[rule.id] = rule
        self._filing.add(rule.id, plan)
        for query in (rule.query, rule.exclude) if rule.exclude else (rule.query,):
            query.settle()

    def remove(self, rule_id: str) -> None:
        """Takes a rule out. Raises `KeyError` when there is none with this id."""
        self._filing.remove(rule_id)
        self._conditional.pop(rule_id, None)

    def matching(self, article: Article) -> Set[str]:
        """The ids of the rules that match."""
        return self.asked(article)[0]

    def asked(self, article: Article) -> tuple[Set[str], Set[str]]:
        """The ids of the rules that match, and of those that asked for more work than they are given."""
        cut_short: set[str] = set()
        glance = Glance(article, self._leaves, self._vocabulary)
        called = self._filing.called(glance, cut_short)
        if self._conditional:
            for rule_id in self._conditional.keys() & called:
                if not self._meets(self._conditional[rule_id], glance):
                    called.discard(rule_id)
        return called, cut_short

    def _meets(self, rule: Rule, glance: Glance) -> bool:
        """Whether a rule whose query holds takes the article: its language, its source, the score."""
        if rule.at_least:
            return match_of(rule, glance.reading) is not None
        return rule.obstacle(glance.article) is None
