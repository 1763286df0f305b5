"""Rules as desks write them, in the rule language; ordinary ones, and ones about commoner things.

How they are made, so that nobody need trust them: every rule is written about one article drawn by lot
from the half that is never matched, in words that stand in it. One word, the anchor, is rare: it stands in
at most 1 % of that half's articles (narrow) or 6 % (broad); the others stand in at most 15 %. Which form a
rule has is drawn too, by the weights below. Nothing is tuned to an engine; the number of matches an
article is printed beside every figure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matching.lexicon import Band, Desk

LISTS = 40
"""Word lists that rules share, of 20 names each."""


@dataclass(frozen=True, slots=True)
class Taste:
    """How common the words are that a set of rules is made of."""

    anchor: Band
    company: Band


NARROW = Taste(anchor=(0.005, 0.035), company=(0.02, 0.20))
BROAD = Taste(anchor=(0.10, 0.20), company=(0.15, 0.45))

Form = Callable[[Desk, Taste], str]


def desk_rule(desk: Desk, taste: Taste) -> str:
    """One query."""
    desk.turn_page()
    form = desk.rng.choices(_FORMS, weights=_WEIGHTS)[0]
    return form(desk, taste)


def name_lists(desk: Desk) -> dict[str, list[str]]:
    """The lists that rules name with @."""
    names = desk.lexicon.names
    return {
        f"people-{number}": sorted(desk.rng.sample(names, min(20, len(names)))) for number in range(LISTS)
    }


def words(desk: Desk, band: Band, count: int, *others: str) -> list[str]:
    """Different words of the article within a band."""
    chosen: list[str] = []
    for _ in range(count):
        chosen.append(desk.word(band, *others, *chosen))
    return chosen


def either(choice: Sequence[str]) -> str:
    """Any of them."""
    return f"({' OR '.join(choice)})"


def _phrase(desk: Desk, taste: Taste) -> str:
    return desk.phrase(taste.anchor)


def _phrase_and_either(desk: Desk, taste: Taste) -> str:
    return f"{desk.phrase(taste.company)} AND {either(words(desk, taste.anchor, 2))}"


def _near(desk: Desk, taste: Taste) -> str:
    anchor = desk.word(taste.anchor)
    return f"{anchor} NEAR/10 {desk.word(taste.company, anchor)}"


def _groups_near(desk: Desk, taste: Taste) -> str:
    left = words(desk, taste.anchor, 2)
    right = words(desk, taste.company, 2, *left)
    return f"{either(left)} NEAR/15 {either([*right, desk.phrase(taste.anchor)])}"


def _and_not(desk: Desk, taste: Taste) -> str:
    anchor = desk.word(taste.anchor)
    other = desk.word(taste.company, anchor)
    elsewhere = desk.rng.choice(desk.lexicon.pages).words
    unwanted = [word for word in desk.rng.sample(elsewhere, 5) if word not in (anchor, other)]
    return f"{anchor} AND {other} AND NOT {unwanted[0]}"


def _title(desk: Desk, taste: Taste) -> str:
    first, second = words(desk, taste.company, 2)
    return f"title:{first} AND {second}"


def _names(desk: Desk, taste: Taste) -> str:
    names = dict.fromkeys(desk.name() for _ in range(desk.rng.randint(2, 6)))
    return f"{either(list(names))} AND {desk.word(taste.company)}"


def _listed(desk: Desk, taste: Taste) -> str:
    return f"@people-{desk.rng.randrange(LISTS)} AND {desk.word(taste.company)}"


def _wildcard(desk: Desk, taste: Taste) -> str:
    anchor = desk.word(taste.anchor)
    kept = max(4, len(anchor) - 2)
    return f"{anchor[:kept]}* AND {desk.word(taste.company, anchor)}"


def _three(desk: Desk, taste: Taste) -> str:
    anchor = desk.word(taste.anchor)
    company = words(desk, taste.company, 3, anchor)
    return f"{anchor} AND {either(company[:2])} AND {company[2]}"


_FORMS: Sequence[Form] = (
    _phrase, _phrase_and_either, _near, _groups_near, _and_not, _title, _names, _listed, _wildcard, _three,
)  # fmt: skip
_WEIGHTS = (12, 14, 12, 14, 16, 6, 6, 2, 8, 10)
