"""What every rule says of one article: those that match, near misses, and the others, a page at a time."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from watchdesk.backtest import near_miss_of
from watchdesk.model import Article, Match, RuleLabel
from watchdesk.rules import Rule, RuleSet
from watchdesk.rules.explaining.verdict import judge
from watchdesk.rules.matching.reading import Reading
from watchdesk.rules.rule import what_matched

FEW = 30
"""So many other rules are all shown at once."""
MOST_NEAR = 10
"""Near misses that are shown where the other rules are more."""
MOST_SCORED = 500
"""Rules that match of which a part is shown: of so many it is asked how well they match."""
MOST_ASKED = 300
"""Rules that are asked why they do not match, those first of which the article has a rare word."""
PATIENCE = 1.0
"""Seconds for which they are asked."""


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
    """Those that are wanted, in the order of the files unless they are a part."""
    matching: int
    """Rules that match."""
    near: Sequence[Missed]
    others: Sequence[Missed]
    """Those that are shown."""
    more: str | None
    """The id of the rule from which the others go on; None: there are no more."""
    unasked: int
    """Rules that were not asked how near they are: they are too many, or time was up."""


def answers_of(
    rules: RuleSet,
    article: Article,
    *,
    most: int | None = None,
    others_from: str | None = None,
    shows_others: bool = False,
    patience: float = PATIENCE,
) -> Answers:
    """Asks every rule whether it matches, and some why not: however many there are, the work has a bound.

    `most`: so many matches are wanted, the best of them; else all. The others are shown where they are few,
    and from `others_from` on if `shows_others`. `patience`: seconds.
    """
    found = rules.matching(article)
    matches = _matches([rule for rule in rules.rules if rule.id in found], article, most)
    rest = [rule for rule in rules.rules if rule.id not in found]
    if shows_others:
        begin = next((at for at, rule in enumerate(rest) if rule.id == others_from), 0)
        others = _missed(rest[begin : begin + FEW], article, patience)
        following = rest[begin + len(others) :]
        return Answers(matches, len(found), (), others, following[0].id if following else None, 0)
    missed = _missed(_nearest(rules, rest, article), article, patience)
    near, unasked = [one for one in missed if one.part], len(rest) - len(missed)
    if len(rest) <= FEW:
        others = [one for one in missed if not one.part]
        return Answers(matches, len(found), near, others, None, unasked)
    return Answers(matches, len(found), near[:MOST_NEAR], (), rest[0].id, unasked)


def _matches(
    matching: Sequence[Rule], article: Article, most: int | None
) -> Sequence[tuple[RuleLabel, Match]]:
    reading = Reading(article)
    scored = matching if most is None else matching[:MOST_SCORED]
    found = [(rule.label, match) for rule in scored if (match := what_matched(rule, reading))]
    return found if most is None else best_of(found, most)


def best_of(matches: Sequence[tuple[RuleLabel, Match]], most: int) -> Sequence[tuple[RuleLabel, Match]]:
    """So many with the highest scores; where there are no more, all, in their order."""
    if len(matches) <= most:
        return matches
    return sorted(matches, key=lambda one: one[1].score, reverse=True)[:most]


def _nearest(rules: RuleSet, rest: Sequence[Rule], article: Article) -> Sequence[Rule]:
    """Those that are asked, in the order in which they are."""
    if len(rest) <= MOST_ASKED:
        return rest
    touched = rules.touched(article)
    return sorted(rest, key=lambda rule: rule.id not in touched)[:MOST_ASKED]


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
