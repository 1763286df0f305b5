"""An article as the window of stories keeps it: what is compared with later ones."""

import math
import operator
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from watchdesk.model import Article, StoryFeatures
from watchdesk.stories.frequencies import Frequencies
from watchdesk.stories.shingles import STORED, Hashes
from watchdesk.stories.thresholds import MOST_TERMS, TITLE_WEIGHT

Weights = NDArray[np.float32]
STORED_WEIGHTS = np.dtype("<f4")
NO_TERMS: frozenset[str] = frozenset()
"""One for all: each empty set would take as much as a small one."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


@dataclass(slots=True, eq=False)
class Member:
    """An article, and the story that it is in."""

    source_id: str
    seen: float
    """When it was first seen, in seconds since 1970."""
    happened: float
    """When it was published, if that is known."""
    title_terms: tuple[str, ...]
    lead_terms: tuple[str, ...]
    vector_terms: tuple[str, ...]
    """The terms that are compared, the weightiest first."""
    vector_weights: Weights
    """Their weights as they were when it came; the sum of the squares is 1."""
    words: int
    every: int
    shingles: Hashes
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

    @property
    def terms(self) -> frozenset[str]:
        """All terms that count as being in the article."""
        return frozenset((*self.title_terms, *self.lead_terms))

    def forget_terms(self) -> None:
        """Keeps only what copies are recognised by."""
        self.title_terms = self.lead_terms = self.vector_terms = ()
        self.vector_weights = _NO_WEIGHTS


def seconds(moment: datetime) -> float:
    """Since 1970."""
    return (moment - _EPOCH) / _SECOND


def member_of(article: Article, features: StoryFeatures, frequencies: Frequencies) -> Member:
    """An article that is to be put into a story, its terms weighed by what is rare now."""
    title_terms, lead_terms = shared_terms(features.title_terms), shared_terms(features.lead_terms)
    terms, weights, rarities = weighed(title_terms, lead_terms, frequencies)
    least = frequencies.common_rarity()
    return Member(
        source_id=article.source_id,
        seen=seconds(article.first_seen),
        happened=seconds(article.happened_at),
        title_terms=title_terms,
        lead_terms=lead_terms,
        vector_terms=terms,
        vector_weights=weights,
        common_terms=frozenset([term for term in terms if rarities[term] < least]),
        words=features.words,
        every=features.every,
        shingles=hashes_of(features.shingles),
        facts=hashes_of(features.facts),
        day=frequencies.day,
    )


def shared_terms(terms: Iterable[str]) -> tuple[str, ...]:
    """The same terms, each the one string that most members of the window have for it.

    Read from a message or a row, each would be a string of its own: more than half of what a member takes.
    """
    if len(_SHARED) > _MOST_SHARED:
        _SHARED.clear()
    return tuple([_SHARED.setdefault(term, term) for term in terms])


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


_NO_WEIGHTS: Weights = np.empty(0, dtype=np.float32)
_NO_HASHES: Hashes = np.empty(0, dtype=np.uint32)
_MOST_SHARED = 50_000
_SHARED: dict[str, str] = {}
