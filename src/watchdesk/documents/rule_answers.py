"""What every rule says of one article: those that match, near misses, and the others, a page at a time."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from watchdesk.backtest import near_miss_of
from watchdesk.model import Article, Match, RuleLabel
from watchdesk.rules import Rule, RuleSet
from watchdesk.rules.explaining.verdict import judge
from watchdesk.rules.matching.reading import Reading

FEW = 30
"""So many other rules are all shown at once."""
MOST_NEAR = 10
"""Near misses that are shown where the other rules are more."""
PATIENCE = 1.0
"""Seconds for which rules are asked why they do not match."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A rule that does not match, and why."""

    rule: RuleLabel
    because: str
    part: str | None
    """The part that it fails by, where it is one alone."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the rules say."""

    matches: Sequence[tuple[RuleLabel, Match]]
    near: Sequence[Missed]
    others: Sequence[Missed]
    """Those that are shown."""
    more: str | None
    """The id of the rule from which the others go on; None: there are no more."""
    unasked: int
    """Rules that were not asked how near they are, because time was up."""


def answers_of(
    rules: RuleSet,
    article: Article,
    *,
    others_from: str | None = None,
    shows_others: bool = False,
    patience: float = PATIENCE,
) -> Answers:
    """Asks every rule whether it matches, and as many as time allows why not.

    The others are shown where they are few, and from `others_from` on if `shows_others`. `patience`: seconds.
    """
    found = {match.rule: match for match in rules.match(article)}
    matches = [(rule.label, found[rule.id]) for rule in rules.rules if rule.id in found]
    rest = [rule for rule in rules.rules if rule.id not in found]
    if shows_others:
        begin = next((at for at, rule in enumerate(rest) if rule.id == others_from), 0)
        others = _missed(rest[begin : begin + FEW], article, patience)
        following = rest[begin + len(others) :]
        return Answers(matches, (), others, following[0].id if following else None, 0)
    missed = _missed(rest, article, patience)
    near = [one for one in missed if one.part]
    if len(rest) <= FEW:
        return Answers(matches, near, [one for one in missed if not one.part], None, len(rest) - len(missed))
    return Answers(matches, near[:MOST_NEAR], (), rest[0].id, len(rest) - len(missed))


def _missed(rules: Sequence[Rule], article: Article, patience: float) -> Sequence[Missed]:
    """One at least, where there is one; then until time is up."""
    until, reading = time.monotonic() + patience, Reading(article)
    found = []
    for rule in rules:
        verdict = judge(rule, reading)
        # By the engine it does not match: where the two differ, nothing is made up.
        because = verdict.because or "it did not when the article was asked by the engine"
        near = near_miss_of(verdict)
        found.append(Missed(rule.label, because, near.part if near else None))
        if time.monotonic() > until:
            break
    return found
