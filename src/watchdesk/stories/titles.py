"""Articles under one title, whose texts tell the same, or of which the title is all that they share. Pure."""

import math
from collections.abc import Iterable

from watchdesk.stories.frequencies import Frequencies
from watchdesk.stories.members import Member
from watchdesk.stories.templates import is_about_others
from watchdesk.stories.thresholds import COMMON, LEAST_OWN, NAMED_UNDER_TITLE, TITLED_ALIKE

_STEM = 4
"""Letters that an inflected word has in common with another at least."""
_ENDING = 2
"""Letters at a word's end that inflection may change."""


def are_titled_alike(one: Member, other: Member) -> bool:
    """Whether most terms of the longer title are in the other as well."""
    first, second = set(one.title_terms), set(other.title_terms)
    longer = max(len(first), len(second))
    return longer > 0 and len(first & second) >= TITLED_ALIKE * longer


def share_the_title_alone(one: Member, other: Member, frequencies: Frequencies) -> bool:
    """Whether texts under nearly one title have other names and figures, or no telling word in common."""
    return are_titled_alike(one, other) and (
        is_about_others(one, other, NAMED_UNDER_TITLE) or share_no_word(one, other, frequencies)
    )


def share_no_word(one: Member, other: Member, frequencies: Frequencies) -> bool:
    """Whether both texts say enough beyond their titles, and only general words of that are in both."""
    stems = {_stem(term) for term in (*one.title_terms, *other.title_terms)}
    first, second = (_beyond(stems, member.lead_terms) for member in (one, other))
    if min(len(first), len(second)) < LEAST_OWN:
        return False
    return all(rarity < _GENERAL_RARITY for rarity in frequencies.rarities(first & second).values())


def _beyond(stems: Iterable[str], terms: Iterable[str]) -> set[str]:
    """The terms that are no form of a word with one of these stems."""
    told = tuple(stems)
    return {term for term in terms if not term.startswith(told)}


def _stem(term: str) -> str:
    return term[: max(_STEM, len(term) - _ENDING)]


_GENERAL_RARITY = -math.log(COMMON)
"""Of a word in so many articles that to share it says nothing of two texts."""
