"""Which articles some rules can match at all, so that the others need not be read."""

from collections.abc import Sequence

from watchdesk.model.backtest import Reach
from watchdesk.rules import Rule

_TAG = "tag:"


def reach(rules: Sequence[Rule]) -> Reach:
    """The narrowest reach that holds every article that one of the rules can match."""
    if not rules:
        return Reach(sources=frozenset())
    every_language = any(not rule.languages for rule in rules)
    # An article keeps the tags its source had when it came, which only its row tells.
    every_source = any(not rule.only or _has_tag(rule) for rule in rules)
    return Reach(
        languages=None if every_language else frozenset().union(*(rule.languages for rule in rules)),
        sources=None if every_source else frozenset().union(*(rule.only for rule in rules)),
        never=frozenset(
            name
            for name in frozenset.intersection(*(rule.never for rule in rules))
            if not name.startswith(_TAG)
        ),
    )


def _has_tag(rule: Rule) -> bool:
    return any(name.startswith(_TAG) for name in rule.only)
