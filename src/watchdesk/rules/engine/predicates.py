"""The distinct questions that rules ask of an article, each with a number, asked once an article.

A leaf is a word (an atom), two words next to each other (a pair), a word in a field, or a fact of the
article's data. Anything else is a test (`tests`), run only when the leaves it stands on are true.
"""

from array import array
from collections.abc import Callable, Iterable, Set
from dataclasses import replace
from threading import Lock

from watchdesk.rules.engine.bigrams import Pairs
from watchdesk.rules.engine.document_frequency import share
from watchdesk.rules.language.syntax import How, Part
from watchdesk.rules.text.folding import fold, plain, stem, stems_only_on_request

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

Asked = tuple[str, ...]
"""What a part of a term comes to: its keys, its stem, or its text."""

OnAtom = Callable[[int, Part, Asked], None]


class Leaves:
    """Numbers for everything that rules of one language ask. `on_atom` hears of each new atom."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.on_atom: OnAtom = lambda _atom, _part, _asked: None
        self.pairs = Pairs()
        self.fields: dict[str, dict[int, int]] = {}
        self.facts: dict[tuple[str, str], int] = {}
        self._atoms: dict[How, dict[str, int]] = {how: {} for how in How}
        """By what a part comes to, joined where that is several."""
        self._written: dict[str, int] = {}
        """Folded words as queries write them: most are written again and again."""
        self._shares = array("f", (0.0, 0.0, 0.0))
        """By number: about which share of articles the leaf is true for."""
        self._positional = bytearray(len(self._shares))
        """By number: whether it is an atom of which rules ask where it stands."""
        self._counting = Lock()

    @property
    def size(self) -> int:
        """One more than the greatest number given so far."""
        return len(self._shares)

    def number(self, share: float = 0.0) -> int:
        """A number that nothing else has, for what is true in about this share of articles."""
        with self._counting:
            self._positional.append(0)
            self._shares.append(share)
            return len(self._shares) - 1

    def share(self, leaves: Set[int]) -> float:
        """About which share of articles holds one of the leaves."""
        return sum(map(self._shares.__getitem__, leaves))

    def positional(self, atoms: Iterable[int]) -> set[int]:
        """Those of the atoms of which rules ask where they stand."""
        return {atom for atom in atoms if self._positional[atom]}

    def ask_where(self, atoms: Iterable[int]) -> None:
        """From now on, rules ask where these stand."""
        for atom in atoms:
            self._positional[atom] = 1

    def atom(self, part: Part) -> int:
        """The leaf of one word, however it is compared."""
        if part.how is not How.FOLDED:
            return self._atom(part)
        known = self._written.get(part.text)
        if known is None:
            known = self._written[part.text] = self._atom(part)
        return known

    def _atom(self, part: Part) -> int:
        if part.how is How.STEM and not stems_only_on_request(self.language):
            part = replace(part, how=How.FOLDED)
        asked = self._asked(part)
        atoms = self._atoms[part.how]
        known = atoms.get("\n".join(asked))
        if known is None:
            known = atoms["\n".join(asked)] = self.number(self._atom_share(part, asked))
            self.on_atom(known, part, asked)
        return known

    def pair(self, left: int, right: int) -> int:
        """The leaf of two words next to each other, in this order."""
        known = self.pairs.get(left, right)
        if known is None:
            known = self.number(min(self._shares[left], self._shares[right]) * _PAIR_SHARE)
            self.ask_where((left, right))
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

    def _asked(self, part: Part) -> Asked:
        """What makes two words of queries one atom."""
        match part.how:
            case How.FOLDED:
                asked = fold(part.text, self.language)
                return (part.text,) if asked == (part.text,) else asked  # one string is kept, not two
            case How.STEM:
                return (stem(part.text, self.language),)
            case _:
                return (part.text,)

    def _atom_share(self, part: Part, asked: Asked) -> float:
        match part.how:
            case How.FOLDED:
                return max(map(share, asked))
            case How.EXACT:
                return share(fold(part.text, self.language)[0])
            case How.STEM:
                return 2 * share(plain(asked[0]))
            case How.WILDCARD:
                return _WILDCARD_SHARE
