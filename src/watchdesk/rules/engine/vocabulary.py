"""Every word form ever seen, and what rules ask of it: folding, stems, wildcards are settled here, once.

A form's number is that of the one atom it answers, or of a compound where it answers several.
"""

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from watchdesk.model import Article
from watchdesk.rules.engine.predicates import BREAK, UNKNOWN, Asked, Leaves
from watchdesk.rules.engine.splitting import SEPARATOR, stretches
from watchdesk.rules.language.syntax import How, Part
from watchdesk.rules.text.folding import keys, stem, wildcard_forms
from watchdesk.rules.text.words import tokens

MOST_STRETCHES = 300_000
"""Distinct stretches remembered; then remembering starts anew."""

_LONGEST_REMEMBERED = 200
"""Bytes; a longer stretch is read each time."""

_FIRST_ROOM = 1_024


class Vocabulary:
    """Reads articles of one language as numbers of atoms."""

    def __init__(self, leaves: Leaves) -> None:
        self.compounds: dict[int, tuple[int, ...]] = {}
        """Number of a compound → its atoms."""
        self._primary = np.arange(_FIRST_ROOM, dtype=np.int32)
        """By number: the first atom of a compound, and any other number itself."""
        self._extra = np.zeros(_FIRST_ROOM, np.bool_)
        """By number: whether it is an atom that some word answers beside its primary one."""
        self._packed: dict[int, bytes] = {}
        """As `compounds`, for many at once."""
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

    def read(self, article: Article) -> NDArray[np.int32]:
        """The numbers of the article's words in order, `BREAK` between blocks."""
        if len(self._remembered) > MOST_STRETCHES:
            with self._lock:
                self._forget()
        return _unpacked(map(self._remembered.__getitem__, stretches(article)))

    def atoms(self, numbers: NDArray[np.int32]) -> NDArray[np.int32]:
        """What was read, with the first of its atoms for each compound."""
        return self._primary.take(numbers)

    def spread(self, compounds: NDArray[np.int32]) -> NDArray[np.int32]:
        """The atoms of all compounds among what was read."""
        return _unpacked(map(self._packed.__getitem__, compounds.tolist()))

    def extras(self, flags: NDArray[np.bool_]) -> Sequence[int]:
        """Of the leaves that are flagged: the atoms that some word answers beside its primary one."""
        most = min(len(flags), len(self._extra))
        found: list[int] = np.flatnonzero(flags[:most] & self._extra[:most]).tolist()
        return found

    def _forget(self) -> None:
        self._remembered = _Remembered(self)
        self._remembered[SEPARATOR] = _packed((BREAK,))
        self._numbers: dict[str, int] = {}
        self._stretches: defaultdict[str, list[bytes]] = defaultdict(list)
        self._by_key: defaultdict[str, list[str]] = defaultdict(list)
        self._by_stem: defaultdict[str, list[str]] = defaultdict(list)
        self._by_beginning: defaultdict[str, list[str]] = defaultdict(list)

    def recall(self, stretch: bytes) -> bytes:
        """The numbers of a stretch that is not remembered, each in four bytes."""
        surfaces = _surfaces(stretch)
        if len(stretch) > _LONGEST_REMEMBERED:
            return _packed(map(self._number, surfaces))
        with self._lock:
            if stretch not in self._remembered:
                for surface in surfaces:
                    self._stretches[surface].append(stretch)
            found = self._remembered[stretch] = _packed(map(self._known, surfaces))
        return found

    def _known(self, surface: str) -> int:
        """The number of a form, which is remembered."""
        number = self._numbers.get(surface)
        if number is None:
            number = self._numbers[surface] = self._number(surface)
            for key in keys(surface, self._language):
                self._by_key[key].append(surface)
            for form in wildcard_forms(surface):
                self._by_beginning[form[:2]].append(surface)
            if self._stems:
                self._by_stem[stem(surface, self._language)].append(surface)
        return number

    def _number(self, surface: str) -> int:
        """The number for all that rules ask of a form."""
        asked = tuple(dict.fromkeys(self._atoms(surface)))
        if len(asked) < 2:
            return asked[0] if asked else UNKNOWN
        with self._lock:
            known = self._compound_of.get(asked)
            if known is None:
                known = self._compound_of[asked] = self._leaves.number()
                self._make_room(known)
                self._primary[known] = asked[0]
                self._extra[list(asked[1:])] = True
                self._packed[known] = _packed(asked)
                self.compounds[known] = asked
        return known

    def _make_room(self, number: int) -> None:
        """Makes the tables by number long enough; articles that are being read keep the old ones."""
        known = len(self._primary)
        if number >= known:
            primary, extra = np.arange(2 * number, dtype=np.int32), np.zeros(2 * number, np.bool_)
            primary[:known], extra[:known] = self._primary, self._extra
            self._primary, self._extra = primary, extra

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
            for form in wildcard_forms(surface):
                yield from self._wild_atoms(form)

    def _wild_atoms(self, form: str) -> Iterator[int]:
        for length in range(3):
            for expression, atom in self._wildcards.get(form[:length], ()) if len(form) >= length else ():
                if expression.fullmatch(form):
                    yield atom

    def _ask(self, atom: int, part: Part, asked: Asked) -> None:
        """A rule asks something new: forms seen before are looked at again where it may concern them."""
        with self._lock:
            self._make_room(atom)
            for surface in list(self._concerned(atom, part, asked)):
                self._numbers[surface] = self._number(surface)
                for stretch in self._stretches[surface]:
                    self._remembered[stretch] = _packed(map(self._known, _surfaces(stretch)))

    def _concerned(self, atom: int, part: Part, asked: Asked) -> Iterator[str]:
        match part.how:
            case How.FOLDED:
                for key in asked:
                    self._folded[key] += (atom,)
                    yield from self._by_key.get(key, ())
            case How.EXACT:
                self._exact[part.text] = atom
                if part.text in self._numbers:
                    yield part.text
            case How.STEM:
                if not self._stems:
                    self._forget()
                self._stems[asked[0]] = atom
                yield from self._by_stem.get(asked[0], ())
            case How.WILDCARD:
                beginning = _beginning(part.text)[:2]
                self._wildcards[beginning].append((re.compile(part.text), atom))
                for other, surfaces in self._by_beginning.items():
                    if other.startswith(beginning):
                        yield from surfaces


class _Remembered(dict[bytes, bytes]):
    """Stretch → numbers, packed, asking the vocabulary for one that is not there."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary

    def __missing__(self, stretch: bytes) -> bytes:
        return self._vocabulary.recall(stretch)


def _packed(numbers: Iterable[int]) -> bytes:
    return array("i", numbers).tobytes()


def _unpacked(numbers: Iterable[bytes]) -> NDArray[np.int32]:
    return np.frombuffer(b"".join(numbers), np.int32)


def _surfaces(stretch: bytes) -> list[str]:
    return [token.surface for token in tokens(stretch.decode("utf-8", "surrogatepass"))]


def _beginning(expression: str) -> str:
    """The letters that every word fitting a wildcard's expression begins with."""
    letters = re.match(r"(?:[^\\.(]|\\.)*", expression)
    begun = letters[0] if letters else ""
    return re.sub(r"\\(.)", r"\1", begun)
