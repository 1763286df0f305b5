"""Which article holds the same text as a new one: a copy, a part of it, or some of it. Pure."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from watchdesk.articles.plain import folded_words
from watchdesk.model import Sharing
from watchdesk.stories.members import Member
from watchdesk.stories.shingles import share_of_facts
from watchdesk.stories.terms import terms_of
from watchdesk.stories.thresholds import (
    COPY,
    LATER,
    LEAST_FACTS,
    PART_RATIO,
    SAME_FACTS,
    SAME_FACTS_LATER,
    SAME_SUBJECT,
    SHARES_TEXT,
    SHORT_TEXT,
    UNLIKE_LENGTHS,
)
from watchdesk.stories.window import Window

TextOf = Callable[[int], str | None]
"""The text of a stored article by its id; None: it is gone."""
_READ = 5
"""Texts that are read for one article at most."""


@dataclass(frozen=True, slots=True)
class Shared:
    """The article that shares most of its text with a new one."""

    sharing: Sharing
    other: Member
    containment: float


@dataclass(frozen=True, slots=True)
class Sharers:
    """What articles of other sources share with a new one."""

    most: Shared | None = None
    """The copy of the greatest containment; without one, the part; else what shares some text."""
    copy: Shared | None = None
    """The same, where the two are one story by that."""
    elsewhere: frozenset[int] = frozenset()
    """Stories of texts that a roundup holds, or of roundups that hold this one: it is in none of them."""


def sharers(window: Window, member: Member, text: str, language: str | None, text_of: TextOf) -> Sharers:
    """Compares an article with all of the window that share passages with it.

    It is no copy in a story of its own source's articles that share them: those the source keeps apart.
    """
    every = [(c, other) for c, other in window.copies.sharing(member) if c >= SHARES_TEXT]
    found = [pair for pair in every if pair[1].source_id != member.source_id]
    found.sort(key=lambda pair: (-pair[0], pair[1].number))
    kept_apart = {window.story_of(other) for _, other in every if other.source_id == member.source_id}
    reader = _Reader(window, text, language, text_of)
    shared: list[Shared] = []
    elsewhere: set[int] = set()
    for containment, other in found:
        sharing, same_subject = _judged(reader, member, other, containment)
        shared.append(Shared(sharing, other, containment))
        if not same_subject:
            elsewhere.add(window.story_of(other))
        elif sharing is Sharing.COPY and window.story_of(other) not in elsewhere | kept_apart:
            return Sharers(shared[-1], shared[-1], frozenset(elsewhere))
    parts = [one for one in shared if one.sharing is not Sharing.SOME]
    return Sharers(next(iter(parts or shared), None), None, frozenset(elsewhere))


def _judged(reader: "_Reader", one: Member, other: Member, containment: float) -> tuple[Sharing, bool]:
    """What they share, and whether the longer one is about what the shorter one is about."""
    if containment < COPY or not _same_facts(one, other):
        return Sharing.SOME, True
    shorter, longer = sorted((one.words, other.words))
    if shorter < SHORT_TEXT and not set(one.title_terms) & set(other.title_terms):
        return Sharing.SOME, True
    if longer <= UNLIKE_LENGTHS * shorter:
        return Sharing.COPY, True
    same_subject = reader.same_subject(one, other)
    is_part = not same_subject or longer > PART_RATIO * shorter
    return (Sharing.PART if is_part else Sharing.COPY), same_subject


def _same_facts(one: Member, other: Member) -> bool:
    """Whether they have the same numbers and names; bulletins of one template have others each time."""
    later = abs(one.seen - other.seen) >= LATER.total_seconds()
    return all(
        share >= (SAME_FACTS_LATER if numbers and later else SAME_FACTS)
        for numbers, count, share in share_of_facts(one.facts, other.facts)
        if count >= LEAST_FACTS
    )


@dataclass(slots=True)
class _Reader:
    """Reads texts as far as that is needed, and not many."""

    window: Window
    text: str
    language: str | None
    text_of: TextOf
    read: int = 0

    def same_subject(self, one: Member, other: Member) -> bool:
        """Whether what the longer text has beside the shorter one repeats the shorter one's terms.

        A text with much after its first third is about the same; a roundup is not. Where the other text
        is gone, or too many were read, it is not known, and then not so.
        """
        self.read += 1
        text = self.text_of(other.article_id) if self.read <= _READ else None
        if text is None:
            return False
        mine, its = (Counter(terms_of(folded_words(said), self.language)) for said in (self.text, text))
        short, long = (mine, its) if one.words <= other.words else (its, mine)
        rarity = self.window.frequencies.rarity
        weights = {term: rarity(term) for term in short}
        repeated = sum(weight for term, weight in weights.items() if long[term] > short[term])
        return repeated >= SAME_SUBJECT * sum(weights.values())
