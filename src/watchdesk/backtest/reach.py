"""Which articles a set of rules can match at all, so that the store need not read the others."""

from collections.abc import Sequence

from watchdesk.model.archive import NOTHING, Reach
from watchdesk.rules import Rule

_TAG = "tag:"


def reach(rules: Sequence[Rule]) -> Reach:
    """The narrowest reach that includes every article that any of the rules can match."""
    if not rules:
        return NOTHING
    every_language = any(not rule.languages for rule in rules)
    # An article keeps the tags that its source had when it came, and only its row has them.
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
