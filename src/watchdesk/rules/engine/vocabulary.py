"""Every word form ever seen, and what rules ask of it: folding, stems, wildcards are settled here, once.

A form's number is that of the one atom it answers, or of a compound where it answers several.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from threading import RLock

from watchdesk.model import Article
from watchdesk.rules.engine.leaves import BREAK, UNKNOWN, Leaves
from watchdesk.rules.engine.splitting import SEPARATOR, stretches
from watchdesk.rules.folding import keys, plain, stem
from watchdesk.rules.syntax import How, Part
from watchdesk.rules.words import tokens

MOST_STRETCHES = 300_000
"""Distinct stretches remembered; then remembering starts anew."""

_LONGEST_REMEMBERED = 200
"""Bytes; a longer stretch is read each time."""

Cell = list[int]
"""The number of a form, in a list so that it can change wherever the form is remembered."""


class Vocabulary:
    """Reads articles of one language as numbers of atoms."""

    def __init__(self, leaves: Leaves) -> None:
        self.compounds: dict[int, tuple[int, ...]] = {}
        """Number of a compound → its atoms."""
        self.primary: dict[int, int] = {UNKNOWN: UNKNOWN, BREAK: BREAK}
        """Any number → the first atom of its folded form; itself where there is none."""
        self.extras: set[int] = set()
        """Atoms that some word answers beside its primary one."""
        self._leaves = leaves
        self._language = leaves.language
        self._lock = RLock()
        self._folded: defaultdict[str, tuple[int, ...]] = defaultdict(tuple)
        self._exact: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._wildcards: defaultdict[str, list[tuple[re.Pattern[str], int]]] = defaultdict(list)
        self._compound_of: dict[tuple[int, ...], int] = {}
        self._forget()
        leaves.on_atom = self._ask

    def read(self, article: Article) -> list[int]:
        """The numbers of the article's words in order, `BREAK` between blocks."""
        if len(self._remembered) > MOST_STRETCHES:
            with self._lock:
                self._forget()
        return list(chain.from_iterable(map(self._remembered.__getitem__, stretches(article))))

    def _forget(self) -> None:
        self._remembered = _Remembered(self)
        self._remembered[SEPARATOR] = [BREAK]
        self._cells: dict[str, Cell] = {}
        self._by_key: defaultdict[str, list[str]] = defaultdict(list)
        self._by_stem: defaultdict[str, list[str]] = defaultdict(list)
        self._by_beginning: defaultdict[str, list[str]] = defaultdict(list)
        self._joined: defaultdict[str, list[tuple[Cell, int]]] = defaultdict(list)

    def recall(self, stretch: bytes) -> Cell:
        """The numbers of a stretch that is not remembered."""
        surfaces = [token.surface for token in tokens(stretch.decode("utf-8", "surrogatepass"))]
        if len(stretch) > _LONGEST_REMEMBERED:
            return [self._number(surface) for surface in surfaces]
        with self._lock:
            cells = [self._cell(surface) for surface in surfaces]
            if len(cells) == 1:
                found = cells[0]
            else:
                found = [cell[0] for cell in cells]
                for place, surface in enumerate(surfaces):
                    self._joined[surface].append((found, place))
            self._remembered[stretch] = found
        return found

    def _cell(self, surface: str) -> Cell:
        cell = self._cells.get(surface)
        if cell is None:
            cell = self._cells[surface] = [self._number(surface)]
            for key in keys(surface, self._language):
                self._by_key[key].append(surface)
            self._by_beginning[plain(surface)[:2]].append(surface)
            if self._stems:
                self._by_stem[stem(surface, self._language)].append(surface)
        return cell

    def _number(self, surface: str) -> int:
        """The number for all that rules ask of a form."""
        asked = tuple(dict.fromkeys(self._atoms(surface)))
        if len(asked) < 2:
            return asked[0] if asked else UNKNOWN
        known = self._compound_of.get(asked)
        if known is None:
            known = self._compound_of[asked] = self._leaves.number()
            self.compounds[known] = asked
            self.primary[known] = asked[0]
            self.extras.update(asked[1:])
        return known

    def _atoms(self, surface: str) -> Iterator[int]:
        for key in keys(surface, self._language):
            yield from self._folded.get(key, ())
        if surface in self._exact:
            yield self._exact[surface]
        if self._stems:
            atom = self._stems.get(stem(surface, self._language))
            if atom is not None:
                yield atom
        if self._wildcards:
            bare = plain(surface)
            for length in range(3):
                for expression, atom in self._wildcards.get(bare[:length], ()) if len(bare) >= length else ():
                    if expression.fullmatch(bare):
                        yield atom

    def _ask(self, atom: int, part: Part) -> None:
        """A rule asks something new: forms seen before are looked at again where it may concern them."""
        with self._lock:
            self.primary[atom] = atom
            for surface in list(self._concerned(atom, part)):
                number = self._number(surface)
                self._cells[surface][0] = number
                for found, place in self._joined.get(surface, ()):
                    found[place] = number

    def _concerned(self, atom: int, part: Part) -> Iterator[str]:
        match part.how:
            case How.FOLDED:
                for key in keys(part.text, self._language):
                    self._folded[key] += (atom,)
                    yield from self._by_key.get(key, ())
            case How.EXACT:
                self._exact[part.text] = atom
                if part.text in self._cells:
                    yield part.text
            case How.STEM:
                if not self._stems:
                    self._forget()
                asked = stem(part.text, self._language)
                self._stems[asked] = atom
                yield from self._by_stem.get(asked, ())
            case How.WILDCARD:
                beginning = _beginning(part.text)[:2]
                self._wildcards[beginning].append((re.compile(part.text), atom))
                for other, surfaces in self._by_beginning.items():
                    if other.startswith(beginning):
                        yield from surfaces


class _Remembered(dict[bytes, Cell]):
    """Stretch → numbers, asking the vocabulary for one that is not there."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary

    def __missing__(self, stretch: bytes) -> Cell:
        return self._vocabulary.recall(stretch)


def _beginning(expression: str) -> str:
    """The letters that every word fitting a wildcard's expression begins with."""
    letters = re.match(r"(?:[^\\.(]|\\.)*", expression)
    begun = letters[0] if letters else ""
    return re.sub(r"\\(.)", r"\1", begun)
