"""The rules of one language. Rules can be added and removed while other threads match articles."""

from collections.abc import Iterable, Set

from watchdesk.config.gc_pause import gc_paused
from watchdesk.model import Article
from watchdesk.rules.engine.index import Index
from watchdesk.rules.engine.plan import Planner
from watchdesk.rules.engine.predicates import Predicates
from watchdesk.rules.engine.residual import ResidualPredicates
from watchdesk.rules.engine.view import View
from watchdesk.rules.engine.vocabulary import Vocabulary
from watchdesk.rules.rule import Rule, match_of


class Engine:
    """Finds the rules that match articles of one language, as `folding.folding_language` names it."""

    def __init__(self, rules: Iterable[Rule], language: str) -> None:
        predicates = Predicates(language)
        self._predicates = predicates
        self._vocabulary = Vocabulary(predicates)
        residuals = ResidualPredicates(predicates)
        self._planner = Planner(predicates, residuals)
        self._index = Index(predicates, residuals.by_number)
        self._conditional: dict[str, Rule] = {}
        """Rules with conditions besides their query."""
        with gc_paused():
            for rule in rules:
                self.add(rule)

    def add(self, rule: Rule) -> None:
        """Adds a rule; replaces one with the same id."""
        if rule.id in self._index:
            self.remove(rule.id)
        plan = self._planner.plan(rule.query.node, rule.exclude.node if rule.exclude else None)
        if rule.languages or rule.only or rule.never or rule.at_least:
            self._conditional[rule.id] = rule
        self._index.add(rule.id, plan)
        for query in (rule.query, rule.exclude) if rule.exclude else (rule.query,):
            query.settle()

    def remove(self, rule_id: str) -> None:
        """Removes a rule. Raises `KeyError` when there is none with this id."""
        self._index.remove(rule_id)
        self._conditional.pop(rule_id, None)

    def matching(self, article: Article) -> Set[str]:
        """The ids of the rules that match."""
        return self.match(article)[0]

    def match(self, article: Article) -> tuple[Set[str], Set[str]]:
        """The ids of the rules that match, and of those that used up their work before they were done."""
        cut_short: set[str] = set()
        view = View(article, self._predicates, self._vocabulary)
        matching = self._index.matching(view, cut_short)
        if self._conditional:
            for rule_id in self._conditional.keys() & matching:
                if not self._meets(self._conditional[rule_id], view):
                    matching.discard(rule_id)
        return matching, cut_short

    asked = match
    """The name that `match` had for users of the library before."""

    def touched(self, article: Article) -> Set[str]:
        """The ids of the rules whose rarest clause the article has something of; some of them match."""
        return self._index.touched(View(article, self._predicates, self._vocabulary))

    def _meets(self, rule: Rule, view: View) -> bool:
        """Whether a rule whose query holds also accepts the article's language, source and score."""
        if rule.at_least:
            return match_of(rule, view.reading) is not None
        return rule.obstacle(view.article) is None
