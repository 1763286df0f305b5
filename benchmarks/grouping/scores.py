"""How well a grouping fits an editor's: B-cubed; and the naive one, by words of titles."""

import re
from collections import defaultdict
from collections.abc import Hashable, Sequence
from datetime import timedelta
from typing import NamedTuple

from grouping.stream import Labelled

_NEAR = timedelta(hours=48)
_SHORT = frozenset(
    (
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "from",
        "by",
        "with",
        "as",
        "and",
        "or",
        "but",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "has",
        "have",
        "had",
        "will",
        "would",
        "it",
        "its",
        "his",
        "her",
        "their",
        "this",
        "that",
        "after",
        "before",
        "over",
        "under",
        "into",
        "out",
        "up",
        "down",
        "off",
        "not",
        "no",
        "new",
        "says",
        "say",
        "said",
        "who",
        "what",
        "when",
        "where",
        "why",
        "how",
        "than",
        "more",
        "most",
        "amid",
        "against",
        "about",
    )
)


class BCubed(NamedTuple):
    precision: float
    recall: float
    f1: float


def b_cubed(found: Sequence[Hashable], right: Sequence[Hashable]) -> BCubed:
    """Over articles: the part of each one's group that is of its event, and the part of its event there."""
    groups: dict[Hashable, set[int]] = defaultdict(set)
    events: dict[Hashable, set[int]] = defaultdict(set)
    for place, (group, event) in enumerate(zip(found, right, strict=True)):
        groups[group].add(place)
        events[event].add(place)
    shared = [(groups[g], events[e], len(groups[g] & events[e])) for g, e in zip(found, right, strict=True)]
    precision = sum(both / len(group) for group, _, both in shared) / len(shared)
    recall = sum(both / len(event) for _, event, both in shared) / len(shared)
    return BCubed(precision, recall, 2 * precision * recall / (precision + recall))


def by_title_words(articles: Sequence[Labelled]) -> list[int]:
    """Groups articles of 48 hours whose titles share half of the shorter one's words, transitively."""
    group = list(range(len(articles)))
    words = [set(re.findall(r"\w+", one.article.title.casefold())) - _SHORT for one in articles]

    def root(place: int) -> int:
        while group[place] != place:
            place = group[place]
        return place

    for place, one in enumerate(articles):
        for before in range(place):
            if one.article.first_seen - articles[before].article.first_seen > _NEAR:
                continue
            fewer = min(len(words[place]), len(words[before]))
            if fewer and len(words[place] & words[before]) >= fewer / 2:
                group[root(place)] = root(before)
    return [root(place) for place in range(len(articles))]
