"""Which article holds the same text as a new one: a copy, a part of it, or some of it. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from watchdesk.articles.plain import folded_words
from watchdesk.model import Article, Sharing
from watchdesk.stories.collections import is_collection
from watchdesk.stories.features import body_of
from watchdesk.stories.members import Member
from watchdesk.stories.shingles import share_of_facts
from watchdesk.stories.terms import terms_of
from watchdesk.stories.thresholds import (
    ALL_FACTS,
    COPY,
    COPY_OF_FACTS,
    LATER,
    LEAST_FACTS,
    PART_RATIO,
    SAME_FACTS,
    SAME_FACTS_LATER,
    SHARES_TEXT,
    SHINGLE,
    SHORT_TEXT,
    UNLIKE_LENGTHS,
)
from watchdesk.stories.window import Window

Page = tuple[str, str]
"""Title and text."""
PageOf = Callable[[int], Page | None]
"""Those of a stored article by its id; None: it is gone."""
_READ = 5
"""Texts that are read for one article at most."""
_BEGINNING = 0.1
"""The part of a text that is its beginning: before a cut, there may be a dateline and a credit."""
_SPREAD = 1.3
"""How much longer than the shared passages the stretch is in which they stand, if they are all over."""


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


def sharers(window: Window, member: Member, article: Article, page_of: PageOf) -> Sharers:
    """Compares an article with all of the window that share passages with it.

    It is no copy in a story of its own source's articles that share them: those the source keeps apart.
    """
    every = [(c, other) for c, other in window.copies.sharing(member) if c >= SHARES_TEXT]
    found = [pair for pair in every if pair[1].source_id != member.source_id]
    found.sort(key=lambda pair: (-pair[0], pair[1].number))
    kept_apart = {window.story_of(other) for _, other in every if other.source_id == member.source_id}
    reader = _Reader(article, page_of)
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
    if containment < (COPY_OF_FACTS if _all_facts(one, other) else COPY) or not _same_facts(one, other):
        return Sharing.SOME, True
    shorter, longer = sorted((one.words, other.words))
    if shorter < SHORT_TEXT and not reader.share_a_title_word(other):
        return Sharing.SOME, True
    if longer <= UNLIKE_LENGTHS * shorter:
        return Sharing.COPY, True
    same_subject = reader.same_subject(one, other)
    is_part = not same_subject or longer > PART_RATIO * shorter
    return (Sharing.PART if is_part else Sharing.COPY), same_subject


def _same_facts(one: Member, other: Member) -> bool:
    """Whether they have the same numbers and names; bulletins of one template have others each time."""
    later = abs(one.seen - other.seen) >= LATER.total_seconds()
    shares = list(share_of_facts(one.facts, other.facts))
    count = sum(count for _, count, _ in shares)
    if count >= LEAST_FACTS and sum(count * share for _, count, share in shares) < SAME_FACTS * count:
        return False
    return all(
        share >= (SAME_FACTS_LATER if numbers and later else SAME_FACTS)
        for numbers, count, share in shares
        if count >= LEAST_FACTS
    )


def _all_facts(one: Member, other: Member) -> bool:
    """Whether one has nearly all numbers and names of the other, and there are some."""
    shares = list(share_of_facts(one.facts, other.facts))
    count = sum(count for _, count, _ in shares)
    return count >= LEAST_FACTS and sum(count * share for _, count, share in shares) >= ALL_FACTS * count


@dataclass(slots=True)
class _Reader:
    """Reads texts as far as that is needed, and not many."""

    article: Article
    page_of: PageOf
    read: dict[int, Page | None] = field(default_factory=dict)

    def page(self, other: Member) -> Page | None:
        """Title and text; None where they are gone, or too many were read."""
        if other.article_id not in self.read and len(self.read) < _READ:
            self.read[other.article_id] = self.page_of(other.article_id)
        return self.read.get(other.article_id)

    def share_a_title_word(self, other: Member) -> bool:
        """Whether the two titles have a term in common."""
        page = self.page(other)
        return page is not None and bool(self._terms(self.article.title) & self._terms(page[0]))

    def same_subject(self, one: Member, other: Member) -> bool:
        """Whether the shorter text is a cut of the longer one, and no brief of several in it.

        A cut begins as the whole does, or leaves out sentences all over.
        """
        page = self.page(other)
        if page is None:
            return False
        own = (self.article.title, body_of(self.article))
        (_, short), (title, long) = (own, page) if one.words <= other.words else (page, own)
        return not is_collection(title) and not _is_a_block_within(folded_words(short), folded_words(long))

    def _terms(self, text: str) -> set[str]:
        return set(terms_of(folded_words(text), self.article.language))


def _is_a_block_within(short: Sequence[str], long: Sequence[str]) -> bool:
    """Whether the shared passages stand in the longer text one after the other, and not at its beginning."""
    known = {tuple(short[place : place + SHINGLE]) for place in range(len(short) - SHINGLE + 1)}
    places = [n for n in range(len(long) - SHINGLE + 1) if tuple(long[n : n + SHINGLE]) in known]
    if not places:
        return True
    return places[0] > _BEGINNING * len(long) and places[-1] - places[0] < _SPREAD * len(places)
