"""watchdesk itself: `RuleSet.matching`."""

from collections.abc import Sequence

from matching.peers.peer import Ids, Run, one_by_one
from matching.texts import Text
from watchdesk.rules import Rule, RuleSet


class Watchdesk:
    """The rules as the service has them."""

    name = "watchdesk"
    setting = "RuleSet.matching(article), pure Python"

    def __init__(self, rules: RuleSet | None = None) -> None:
        self._rules = rules or RuleSet(())

    def absent(self) -> str | None:
        return None

    def takes(self, rule: Rule) -> bool:  # noqa: ARG002  every rule is ours
        return True

    def build(self, rules: Sequence[Rule]) -> None:
        self._rules = RuleSet(tuple(rules))
        self._rules.matching(Text("", "").article())

    def run(self, texts: Sequence[Text]) -> Run:
        return one_by_one(texts, self._matching)

    def close(self) -> None:
        self._rules = RuleSet(())

    def _matching(self, text: Text) -> Ids:
        return frozenset(self._rules.matching(text.article()))
