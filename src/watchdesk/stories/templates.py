"""Texts of one form, filled in for something else: bulletins, notices, results. Pure.

They are alike word by word, and what they are about is in the few words that differ: names and figures.
"""

from itertools import pairwise
from zlib import crc32

import numpy as np

from watchdesk.stories.members import Member
from watchdesk.stories.shingles import Hashes, share_of_facts
from watchdesk.stories.thresholds import (
    ALIKE,
    FIGURES_ALIKE,
    FILLED_ALIKE,
    LATER,
    LEAST_FACTS,
    LEAST_NAMES,
    SAME_FACTS,
    SAME_FORM,
)

_LEAST_PAIRS = 5
"""Pairs of neighbouring terms of which a text must have so many before it has a form."""
_YEARS = range(1900, 2100)
_DAYS_AND_MONTHS = """
Monday Tuesday Wednesday Thursday Friday Saturday Sunday
January February March April May June July August September October November December
Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec
Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonnabend Sonntag
Januar Jänner Februar März Mai Juni Juli Oktober Dezember
"""
"""In the languages that write them with capitals."""


def is_filled_in_otherwise(one: Member, other: Member) -> bool:
    """Whether both are one template, with other names or other figures in it."""
    alike = _share_of_pairs(one, other)
    if alike < ALIKE:
        return False
    later = abs(one.seen - other.seen) >= LATER.total_seconds()
    names = SAME_FACTS if alike >= SAME_FORM else FILLED_ALIKE
    figures = SAME_FACTS if later else FIGURES_ALIKE
    return any(
        count >= (LEAST_FACTS if is_number else LEAST_NAMES) and share < (figures if is_number else names)
        for is_number, count, share in share_of_facts(_undated(one.facts), _undated(other.facts))
    )


def is_about_others(one: Member, other: Member, least: int = LEAST_FACTS) -> bool:
    """Whether both texts have names or figures, at least so many, and none is in both."""
    shares = list(share_of_facts(_undated(one.facts), _undated(other.facts)))
    return sum(count for _, count, _ in shares) >= least and not any(share for _, _, share in shares)


def share_of_names(one: Member, other: Member) -> float | None:
    """The part of the names of the text with fewer that the other has too; None: one of them has none."""
    shares = share_of_facts(one.facts, other.facts)
    return next((share for is_number, _, share in shares if not is_number), None)


def _share_of_pairs(one: Member, other: Member) -> float:
    """The part of one text's pairs of neighbouring terms that are in the other as well."""
    first, second = (set(pairwise(member.lead_terms)) for member in (one, other))
    fewer = min(len(first), len(second))
    return len(first & second) / fewer if fewer >= _LEAST_PAIRS else 0.0


def _undated(facts: Hashes) -> Hashes:
    """Without years, months and weekdays: all that is written in one week has those in common."""
    kept: Hashes = facts[_DATES.take(_DATES.searchsorted(facts), mode="clip") != facts]
    return kept


_DATES = np.array(
    sorted(
        {crc32(str(year).encode()) | 1 for year in _YEARS}
        | {crc32(word.encode()) & ~1 for word in _DAYS_AND_MONTHS.split()}
    ),
    dtype=np.uint32,
)
