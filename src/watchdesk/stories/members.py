"""An article as the window of stories keeps it: what is compared with later ones."""

import math
import operator
import zlib
from array import array
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from watchdesk.model import Article, StoryFeatures
from watchdesk.stories.frequencies import Frequencies
from watchdesk.stories.shingles import STORED, Hashes, fewer
from watchdesk.stories.thresholds import MOST_TERMS, TITLE_WEIGHT

Weights = NDArray[np.float32]
STORED_WEIGHTS = np.dtype("<f4")
NO_TERMS: frozenset[str] = frozenset()
"""One for all: each empty set would take as much as a small one."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of an article, in their order."""

    title: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    vector: tuple[str, ...] = ()
    """Those that are compared, the weightiest first; as a rule, each is in the title or the lead."""

    def packed(self) -> bytes:
        """In an eighth of the memory: what is kept of a member for days is seldom looked at."""
        places = {term: place for place, term in enumerate(self._distinct)}
        others = [term for term in self.vector if term not in places]
        places |= {term: place for place, term in enumerate(others, len(places))}
        vector = array("H", map(places.__getitem__, self.vector)).tobytes()
        texts = "\n".join(map(" ".join, (self.title, self.lead, others))).encode("utf-8", "surrogatepass")
        return zlib.compress(texts + b"\n" + vector, level=1)

    @property
    def _distinct(self) -> Collection[str]:
        return dict.fromkeys((*self.title, *self.lead))


@lru_cache(maxsize=64)
def unpacked(packed: bytes) -> Terms:
    """What `packed` gave; the last few are remembered, for some are looked at several times in a row."""
    *texts, vector = zlib.decompress(packed).split(b"\n", 3)
    title, lead, others = (text.decode("utf-8", "surrogatepass").split() for text in texts)
    every = [*dict.fromkeys((*title, *lead)), *others]
    return Terms(tuple(title), tuple(lead), tuple(map(every.__getitem__, array("H", vector))))


@dataclass(slots=True, eq=False)
class Member:
    """An article, and the story that it is in."""

    source_id: str
    seen: float
    """When it was first seen, in seconds since 1970."""
    happened: float
    """When it was published, if that is known."""
    told: Terms | bytes
    """Its terms; packed once it is settled."""
    weights: bytes
    """Of `vector_terms`, as they were when it came; floats of 32 bits, the sum of whose squares is 1."""
    words: int
    every: int
    shingles: Hashes
    """Empty once it is settled: the index of copies has them."""
    facts: Hashes
    story: int = 0
    """As it was put into; `Window.story_of` follows merges. Below 0: not numbered yet."""
    article_id: int = 0
    """0 until it is stored."""
    number: int = 0
    """Of its row; 0 until it is stored."""
    day: int = 0
    """Days since 1970 under which its terms are counted."""
    common_terms: frozenset[str] = NO_TERMS
    """While it is put into a story: terms that by themselves bring up no other article. None later."""
    place: int = -1
    """In the index of events; below 0: not there."""
    counts: bytes = b""
    """How many of its shingles are kept when one in 1, 2, 4 and 8 is, once it is settled."""

    @property
    def title_terms(self) -> tuple[str, ...]:
        """Of its title, in their order."""
        return self._terms.title

    @property
    def lead_terms(self) -> tuple[str, ...]:
        """Of the opening of its text, in their order."""
        return self._terms.lead

    @property
    def vector_terms(self) -> tuple[str, ...]:
        """The terms that are compared, the weightiest first."""
        return self._terms.vector

    @property
    def vector_weights(self) -> Weights:
        """Their weights."""
        return np.frombuffer(self.weights, dtype=np.float32)

    @property
    def terms(self) -> frozenset[str]:
        """All terms that count as being in the article."""
        return frozenset((*self.title_terms, *self.lead_terms))

    @property
    def _terms(self) -> Terms:
        return self.told if isinstance(self.told, Terms) else unpacked(self.told)

    def shingles_of_one_in(self, every: int) -> int:
        """How many of its shingles are kept when one in `every` is, which is 1, 2, 4 or 8."""
        if not self.counts:
            return fewer(self.shingles, every)
        return array("H", self.counts)[_SPARSER.index(every)]

    def settle(self) -> None:
        """Keeps it in little memory: it is in the indices and in the store."""
        if isinstance(self.told, Terms):
            self.told = self.told.packed()
        if not self.counts:
            kept = len(self.shingles)  # of its own, only one in `every` is there
            counts = (fewer(self.shingles, every) if every > self.every else kept for every in _SPARSER)
            self.counts = array("H", counts).tobytes()
            self.shingles = _NO_HASHES

    def forget_terms(self) -> None:
        """Keeps only what copies are recognised by."""
        self.told, self.weights = _NOTHING, b""


def seconds(moment: datetime) -> float:
    """Since 1970."""
    return (moment - _EPOCH) / _SECOND


def member_of(article: Article, features: StoryFeatures, frequencies: Frequencies) -> Member:
    """An article that is to be put into a story, its terms weighed by what is rare now."""
    title_terms, lead_terms = features.title_terms, features.lead_terms
    terms, weights, rarities = weighed(title_terms, lead_terms, frequencies)
    least = frequencies.common_rarity()
    return Member(
        source_id=article.source_id,
        seen=seconds(article.first_seen),
        happened=seconds(article.happened_at),
        told=Terms(title_terms, lead_terms, terms),
        weights=weights.tobytes(),
        common_terms=frozenset([term for term in terms if rarities[term] < least]),
        words=features.words,
        every=features.every,
        shingles=hashes_of(features.shingles),
        facts=hashes_of(features.facts),
        day=frequencies.day,
    )


def hashes_of(stored: bytes) -> Hashes:
    """As they were stored. Those without any are one."""
    return np.frombuffer(stored, dtype=STORED).astype(np.uint32) if stored else _NO_HASHES


def weighed(
    title: Sequence[str], lead: Sequence[str], frequencies: Frequencies
) -> tuple[tuple[str, ...], Weights, Mapping[str, float]]:
    """The weightiest terms and their weights, at length 1, and the rarity of every term."""
    counts = Counter(lead)
    for term in title:
        counts[term] += TITLE_WEIGHT
    every = sorted(counts)  # of equal weights, in this order
    rarities = frequencies.rarities(every)
    logged = map(_minus_logged, map(counts.__getitem__, every))
    found = list(map(operator.mul, logged, rarities.values()))
    chosen = sorted(range(len(found)), key=found.__getitem__)[:MOST_TERMS]
    weights = np.array([found[n] for n in chosen], dtype=np.float64)
    length = math.sqrt(math.fsum((weights * weights).tolist()))
    return tuple([every[n] for n in chosen]), (weights / -length).astype(np.float32), rarities


@lru_cache(maxsize=1000)
def _minus_logged(count: int) -> float:
    """What a term weighs that stands so often in an article, below 0: so that the weightiest is first."""
    return -(1.0 + math.log(count))


_NO_HASHES: Hashes = np.empty(0, dtype=np.uint32)
_NOTHING = Terms()
_SPARSER = (1, 2, 4, 8)
"""One in how many shingles is kept of texts of one length or another."""
