"""NEAR, ONEAR, NOT NEAR, SAME and NOT SAME, and the spellings of other programs that look like them."""

import re

from watchdesk.rules.language.lexer import Token
from watchdesk.rules.language.mistakes import Mistake, MistakeKind
from watchdesk.rules.language.syntax import At, Near, Node, NotNear, NotSame, Same

FARTHEST = 10_000
"""Words; more than any article has between its ends is a mistake for AND."""


def read_pair(operator: Token, left: Node, right: Node, at: At) -> tuple[Node, list[Mistake]]:
    """The node for `left OPERATOR right`, and what is wrong with the operator."""
    name, _, number = re.sub(r"\s+", " ", operator.text).partition("/")
    place = operator.start
    if name in ("W", "w", "N", "n"):
        return Near(left, right, 1, ordered=False, at=at), [_foreign(place, operator.text, number)]
    if name in ("SAME", "NOT SAME"):
        wrong = [] if number in ("S", "P") else [_no_unit(place, name)]
        joined = Same(left, right, number, at) if name == "SAME" else NotSame(left, right, number, at)
        return joined, wrong
    if name.startswith("ADJ"):
        return Near(left, right, 1, ordered=True, at=at), [
            _foreign(place, operator.text, name[3:] or number or "1")
        ]
    mistakes = _distance_mistakes(name, number, place)
    distance = int(number) if number.isdecimal() else 1
    if name == "NOT NEAR":
        return NotNear(left, right, distance, at), mistakes
    return Near(left, right, distance, ordered=name in ("ONEAR", "PRE"), at=at), mistakes


def _distance_mistakes(name: str, number: str, place: int) -> list[Mistake]:
    if not number:
        word, digits = re.fullmatch(r"(\D+)(\d*)", name).groups()  # type: ignore[union-attr]  # as the lexer has it
        what, hint = f"{word} needs a distance in words", f"for example {word}/{digits or 5}"
        return [Mistake(place, what, hint, kind=MistakeKind.MISSPELT)]
    if not 1 <= int(number) <= FARTHEST:
        hint = "the next word is at distance 1; for anywhere in the article write AND"
        return [Mistake(place, f"the distance of {name} is from 1 to {FARTHEST:,} words", hint)]
    return []


def _foreign(place: int, written: str, number: str) -> Mistake:
    if number.upper() in ("S", "P"):
        unit = "sentence" if number.upper() == "S" else "paragraph"
        return Mistake(
            place, f"'{written}' is not an operator here", f"for one {unit} write SAME/{number.upper()}"
        )
    distance = number or "5"
    return Mistake(
        place,
        f"'{written}' is read in either order by some programs and in order by others",
        f"write NEAR/{distance} for either order, or ONEAR/{distance} for this order",
    )


def _no_unit(place: int, name: str) -> Mistake:
    hint = f"write {name}/S for one sentence, {name}/P for one paragraph"
    return Mistake(place, f"{name} needs a unit", hint)
