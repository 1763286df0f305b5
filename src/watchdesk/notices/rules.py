"""Rules that may not do what they were written to do. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from watchdesk.model import Trouble
from watchdesk.model.rule_folders import RefusedFolder
from watchdesk.notices import subjects
from watchdesk.remembered import OldThreshold, Remembered


@dataclass(frozen=True, slots=True)
class ThresholdFromBefore:
    """A rule's `at_least` was set before scores went from 0 to 1."""

    old: OldThreshold


@dataclass(frozen=True, slots=True)
class FolderRefused:
    """A folder of rules/ cannot be used as it is; all else is in force."""

    folder: RefusedFolder


RuleCause: TypeAlias = ThresholdFromBefore | FolderRefused


def refused_folders(refused: Iterable[RefusedFolder]) -> Iterator[FolderRefused]:
    """One for each folder."""
    for folder in refused:
        yield FolderRefused(folder)


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
    match cause:
        case ThresholdFromBefore(old=old):
            return Trouble(
                f"at_least:{old.rule}",
                f"Scores go from 0 to 1 since the upgrade, and the rule {old.rule} still has at_least: "
                f"{old.at_least:g}; {would_drop(old)}. Set it anew, or keep it: docs/rules.md says what a "
                "score is.",
                subject=subjects.rule(old.rule),
            )
        case FolderRefused(folder=folder):
            # Whoever saves one mistake after the other is told of the first.
            return Trouble(
                f"rules:{folder.name}",
                f"The folder {folder.shown} cannot be used as it is: {'; '.join(folder.mistakes)}. "
                f"{folder.in_force[0].upper()}{folder.in_force[1:]}; all other rules are as the files say.",
                recovery=f"The folder {folder.shown} is in force as it is.",
                subject=subjects.rule_folder(folder.name),
                quoted="\n".join(folder.quoted),
            )
        case _:
            assert_never(cause)
