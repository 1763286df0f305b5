"""Questions written as PostgreSQL's `tsquery`, which knows phrases but no NEAR: that is written out.

`a NEAR/3 b` becomes six phrases, one a distance and order, behind `a & b`, which is cheap to refuse.
"""

from collections.abc import Iterable
from itertools import groupby

from matching.question import All, Any, Expression, InTitle, Near, No, Question, Term, parts

_FARTHEST = 20
"""Words; a wider NEAR would be written out in more distances than anybody would."""

_ITEM = 12
"""Bytes of an operator, or of a word without its letters."""


def can_be_written(question: Question) -> bool:
    """Whether `tsquery` can say it: at most one NEAR, and that required."""
    nears = [part for part in parts(question) if isinstance(part, Near)]
    if nears != _required_nears(question) or len(nears) > 1:
        return False
    unknown = any(isinstance(part, Expression) for part in parts(question))
    return not unknown and all(near.distance <= _FARTHEST for near in nears)


def whole(question: Question) -> str:
    """All of it in one."""
    ways = distances(question)
    return f"{words(question)} & ({' | '.join(ways)})" if ways else words(question)


def words(question: Question, weight: str = "") -> str:
    """What must be there, and not be there; a NEAR asks for both its sides only."""
    match question:
        case All():
            return f"({' & '.join(words(part, weight) for part in question.parts)})"
        case Any():
            return f"({' | '.join(words(part, weight) for part in question.parts)})"
        case No():
            return f"!{words(question.part, weight)}"
        case InTitle():
            return words(question.part, "A")
        case Near():
            return words(All((Any(question.left), Any(question.right))))
        case Term():
            return _term(question, weight)
        case _:
            raise ValueError(question)


def distances(question: Question) -> list[str] | None:
    """The ways in which its NEAR may hold; None where there is none."""
    found = _required_nears(question)
    return _ways(found[0]) if found else None


def size(written: str) -> int:
    """About how many bytes PostgreSQL stores it in."""
    quotes = written.count("'")
    operators = sum(written.count(sign) for sign in "&|<!")
    letters = sum(character.isalnum() for character in written)
    return _ITEM * (quotes // 2 + operators) + letters + quotes // 2


def _required_nears(question: Question) -> list[Near]:
    below = question.parts if isinstance(question, All) else (question,)
    return [part for part in below if isinstance(part, Near)]


def _ways(near: Near) -> list[str]:
    """In each order and distance; terms of one length together, for a longer one moves the others."""
    lefts, rights = list(_by_length(near.left)), list(_by_length(near.right))
    pairs = [(one, other) for one in lefts for other in rights]
    pairs += [(other, one) for one, other in pairs]
    return [f"{one} <{distance}> {other}" for one, other in pairs for distance in range(1, near.distance + 1)]


def _by_length(terms: Iterable[Term]) -> Iterable[str]:
    ordered = sorted(terms, key=lambda term: len(term.words))
    for _, group in groupby(ordered, key=lambda term: len(term.words)):
        yield f"({' | '.join(_term(term) for term in group)})"


def _term(term: Term, weight: str = "") -> str:
    written = [f"'{word}'{f':{weight}' if weight else ''}" for word in term.words]
    if term.prefix:
        written[-1] = f"'{term.words[-1]}':*{weight}"
    return f"({' <-> '.join(written)})" if len(written) > 1 else written[0]
