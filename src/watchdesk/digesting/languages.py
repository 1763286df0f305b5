"""Which rules read languages that no article is in."""

from datetime import datetime, timedelta

from watchdesk.ports import ArticleStore
from watchdesk.rules import RuleSet

_LATELY = timedelta(days=30)


def unread_rules(rules: RuleSet, store: ArticleStore, now: datetime) -> frozenset[str]:
    """Ids of rules none of whose languages had an article in the last 30 days.

    They cannot find anything, and nobody is to be told so again and again.
    """
    asked = {rule.id: rule.languages for rule in rules.rules if rule.languages}
    spoken = store.languages(now - _LATELY) if asked else frozenset()
    return frozenset(rule_id for rule_id, languages in asked.items() if not languages & spoken)
