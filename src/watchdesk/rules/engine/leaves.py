"""The distinct questions that rules ask of an article, each with a number, asked once an article.

A leaf is a word (an atom), two words next to each other (a pair), a word in a field, or a fact of the
article's data. Anything else is a test (`tests`), run only when the leaves it stands on are true.
"""

from array import array
from collections.abc import Callable, Set
from dataclasses import replace
from threading import Lock

from watchdesk.rules.engine.commonness import share
from watchdesk.rules.engine.pairs import Pairs
from watchdesk.rules.folding import keys, plain, stem, stems_only_on_request
from watchdesk.rules.syntax import How, Part

UNKNOWN = 0
"""The number of a word that no rule asks for; always among the true leaves."""

BREAK = 1
"""The number of a break between blocks."""

NEVER = 2
"""A leaf that is never true."""

_PAIR_SHARE = 0.05
_FIELD_SHARE = {"title": 0.05, "lead": 0.15, "heading": 0.05, "body": 1.0}
_WILDCARD_SHARE = 0.02
_FACT_SHARE = 0.1

OnAtom = Callable[[int, Part], None]


class Leaves:
    """Numbers for everything that rules of one language ask. `on_atom` hears of each new atom."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.on_atom: OnAtom = lambda _atom, _part: None
        self.pairs = Pairs()
        self.positional: set[int] = set()
        """Atoms of which rules ask where they stand."""
        self.fields: dict[str, dict[int, int]] = {}
        self.facts: dict[tuple[str, str], int] = {}
        self._atoms: dict[tuple[How, object], int] = {}
        self._shares = array("f", (0.0, 0.0, 0.0))
        """By number: about which share of articles the leaf is true for."""
        self._counting = Lock()

    @property
    def size(self) -> int:
        """One more than the greatest number given so far."""
        return len(self._shares)

    def number(self, share: float = 0.0) -> int:
        """A number that nothing else has, for what is true in about this share of articles."""
        with self._counting:
            self._shares.append(share)
            return len(self._shares) - 1

    def share(self, leaves: Set[int]) -> float:
        """About which share of articles holds one of the leaves."""
        return sum(map(self._shares.__getitem__, leaves))

    def atom(self, part: Part) -> int:
        """The leaf of one word, however it is compared."""
        if part.how is How.STEM and not stems_only_on_request(self.language):
            part = replace(part, how=How.FOLDED)
        question = self._question(part)
        known = self._atoms.get((part.how, question))
        if known is None:
            known = self._atoms[part.how, question] = self.number(self._atom_share(part, question))
            self.on_atom(known, part)
        return known

    def pair(self, left: int, right: int) -> int:
        """The leaf of two words next to each other, in this order."""
        known = self.pairs.get(left, right)
        if known is None:
            known = self.number(min(self._shares[left], self._shares[right]) * _PAIR_SHARE)
            self.positional.update((left, right))
            self.pairs.add(left, right, known)
        return known

    def in_field(self, field: str, atom: int) -> int:
        """The leaf of a word in title, lead, heading or body."""
        leaves = self.fields.setdefault(field, {})
        known = leaves.get(atom)
        if known is None:
            known = leaves[atom] = self.number(self._shares[atom] * _FIELD_SHARE[field])
        return known

    def fact(self, field: str, value: str) -> int:
        """The leaf of a source, a tag or a language."""
        known = self.facts.get((field, value))
        if known is None:
            known = self.facts[field, value] = self.number(_FACT_SHARE)
        return known

    def _question(self, part: Part) -> object:
        """What makes two words of queries one atom."""
        match part.how:
            case How.FOLDED:
                return keys(part.text, self.language)
            case How.STEM:
                return stem(part.text, self.language)
            case _:
                return part.text

    def _atom_share(self, part: Part, question: object) -> float:
        match part.how:
            case How.FOLDED:
                return max(share(key) for key in keys(part.text, self.language))
            case How.EXACT:
                return share(keys(part.text, self.language)[0])
            case How.STEM:
                return 2 * share(plain(str(question)))
            case How.WILDCARD:
                return _WILDCARD_SHARE
