"""Rules that may not do what they were written to do. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from watchdesk.model import Trouble
from watchdesk.remembered import OldThreshold, Remembered


@dataclass(frozen=True, slots=True)
class ThresholdFromBefore:
    """A rule's `at_least` was set before scores went from 0 to 1."""

    old: OldThreshold


RuleCause: TypeAlias = ThresholdFromBefore


def thresholds_from_before(remembered: Remembered) -> Iterator[ThresholdFromBefore]:
    """One for each rule with such a threshold."""
    for old in remembered.old_thresholds:
        yield ThresholdFromBefore(old)


def would_drop(old: OldThreshold) -> str:
    """What a threshold would drop now, as a clause."""
    if not old.matches:
        return "there is no match of the last 30 days to try it on"
    of_all = "the 1 match" if old.matches == 1 else f"the {old.matches:,} matches"
    return f"of {of_all} of the last 30 days it would now drop {old.below:,}"


def trouble(cause: RuleCause) -> Trouble:
    """See `causes.trouble_of`."""
    old = cause.old
    return Trouble(
        f"at_least:{old.rule}",
        f"Scores go from 0 to 1 since the upgrade, and the rule {old.rule} still has at_least: "
        f"{old.at_least:g}; {would_drop(old)}. Set it anew, or keep it: docs/rules.md says what a score is.",
    )
