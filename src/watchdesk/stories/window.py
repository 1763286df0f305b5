"""The articles that a new one is compared with, by what they say and by the story that they are in.

A mirror of what is stored: whoever adds the same members in the same order gets the same answers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from watchdesk.stories.copies import Copies
from watchdesk.stories.events import Events, Scores
from watchdesk.stories.frequencies import Frequencies
from watchdesk.stories.members import NO_TERMS, Member
from watchdesk.stories.templates import is_about_others, is_filled_in_otherwise, share_of_names
from watchdesk.stories.thresholds import (
    BY_TITLE_ALONE,
    CARRIED_BY,
    EVENT_WINDOW,
    LAST_MEMBERS,
    LEAST_SHARED,
    MERGED_FROM,
    NAMES_GAIN,
    NAMES_SHARED,
    NEAREST,
    SHOWN_TOGETHER,
    USUAL,
    USUAL_LOSS,
    USUAL_RANK,
)
from watchdesk.stories.titles import share_no_word, share_the_title_alone

_WINDOW = EVENT_WINDOW.total_seconds()
_LOOKED_FROM = (0.1, 0.05, 0.02, 0.0)
"""Similarities above which the nearest stories are looked for, until there are enough."""
_MOST_GAINED = NAMES_GAIN * (1.0 - NAMES_SHARED)


@dataclass(frozen=True, slots=True)
class Near:
    """A story that an article is near to."""

    story: int
    similarity: float
    """The mean of its nearest three, less what is usual for the article, more for names in common."""
    nearest: Member
    terms: tuple[str, ...]
    """What carried the similarity to the nearest, the strongest first; empty where they are not shown so."""


class Window:
    """What is known of the last weeks' articles."""

    def __init__(self, frequencies: Frequencies | None = None) -> None:
        self.frequencies = frequencies or Frequencies()
        self.copies = Copies()
        self._events = Events()
        self._merged: dict[int, int] = {}
        self._stories: dict[int, list[Member]] = {}
        """By story, its members of the last days, in the order of their coming."""

    def add(self, member: Member) -> None:
        """From now on it is compared with others, and its terms count if they are of today."""
        self.add_all([member], -math.inf)

    def add_all(self, members: Sequence[Member], told_since: float) -> None:
        """Adds many members, in the order of their coming, in a fraction of the time.

        `told_since`: those first seen before then are only recognised in copies.
        """
        if not members:
            return
        self.copies.add(*members)
        told = [member for member in members if member.seen >= told_since]
        if told:
            self._events.add(*told)
        for member in told:
            member.common_terms = NO_TERMS
            self._stories.setdefault(self.story_of(member), []).append(member)
            if member.day == self.frequencies.day:
                self.frequencies.add(member.terms)

    def remove(self, member: Member) -> None:
        """As if it had never been added."""
        self.copies.remove(member)
        if member.place >= 0:
            self._leave(member)
            self._events.remove(member)
            if member.day == self.frequencies.day:
                self.frequencies.remove(member.terms)

    def _leave(self, member: Member) -> None:
        story = self.story_of(member)
        self._stories[story].remove(member)
        if not self._stories[story]:
            del self._stories[story]

    def merge(self, story: int, into: int) -> None:
        """From now on the one is the other."""
        root = self.root(into)
        both = [*self._stories.pop(root, []), *self._stories.pop(story, [])]
        self._merged[story] = root
        if both:
            self._stories[root] = sorted(both, key=lambda member: member.place)

    def root(self, story: int) -> int:
        """The story that it is part of by now."""
        while (into := self._merged.get(story)) is not None:
            story = into
        return story

    def story_of(self, member: Member) -> int:
        """The story that it is in by now."""
        return self.root(member.story)

    def drop_before(self, now: float) -> Sequence[Member]:
        """Drops what is too old to be compared with an article that is seen now, and gives it back."""
        for member in self._events.drop_before(now):
            self._leave(member)
            member.forget_terms()
        return self.copies.drop_before(now)

    def near(self, member: Member) -> list[Near]:
        """Stories that an article may be shown with, the nearest first; of equally near ones the older."""
        places, scores = self._events.near(member, member.common_terms)
        loss = self._loss(scores)
        enough = places[scores[places] >= SHOWN_TOGETHER + loss - _MOST_GAINED].tolist()
        led_to = {self.story_of(self._events.member(place)) for place in enough}
        near = (self._to(story, member, scores, loss) for story in led_to)
        found = [one for one in near if one.similarity >= SHOWN_TOGETHER and len(one.terms) >= LEAST_SHARED]
        return sorted(found, key=lambda near: (-near.similarity, near.story))

    def tells_otherwise(self, member: Member, story: int) -> bool:
        """Whether a story of the same title tells something else: its texts have other names or
        figures, or share no word with this one that the title has not.

        False where they are gone from the window, or say too little.
        """
        told = self._stories.get(self.root(story), ())
        return bool(told) and all(
            is_about_others(member, other)
            or is_filled_in_otherwise(member, other)
            or share_no_word(member, other, self.frequencies)
            for other in told
        )

    def turned_out(self, grown: int, others: Sequence[Near]) -> Sequence[tuple[int, Near]]:
        """Finds stories to merge with one that has grown: each of them with how near it is.

        `others`: further stories that its new article is near to. Their last members are asked once more.
        """
        found = []
        for other in others:
            last = self._stories[other.story][-LAST_MEMBERS:]
            near = [self._nearness(member, grown) for member in last]
            similarity = sum(one.similarity for one in near) / len(near)
            best = max(near, key=lambda one: one.similarity)
            if similarity >= MERGED_FROM and len(best.terms) >= LEAST_SHARED:
                found.append((other.story, Near(grown, similarity, best.nearest, best.terms)))
        return found

    def _nearness(self, member: Member, story: int) -> Near:
        _, scores = self._events.near(member, ())
        return self._to(story, member, scores, self._loss(scores, besides=member))

    def _loss(self, scores: Scores, besides: Member | None = None) -> float:
        """What similarity loses to what is usual for an article, by how near it is to each article.

        Usual is how near the sixth nearest story is: a story counts once, however many articles it has.
        `besides`: the article itself, where it is in the window already.
        """
        for least in _LOOKED_FROM:
            places = np.flatnonzero(scores > least)
            stories: set[int] = set()
            for place in places[np.argsort(-scores[places], kind="stable")].tolist():
                member = self._events.member(place)
                if member is not besides:
                    stories.add(self.story_of(member))
                if len(stories) == USUAL_RANK:
                    return USUAL_LOSS * (float(scores[place]) - USUAL)
        return -USUAL_LOSS * USUAL

    def _to(self, story: int, member: Member, scores: Scores, loss: float) -> Near:
        """How near an article is to a story, by how near it is to each article."""
        own = [m for m in self._stories[story] if m is not member and abs(m.seen - member.seen) <= _WINDOW]
        each = []
        for other in own:
            score = float(scores[other.place])
            if other.source_id == member.source_id:
                return Near(story, 0.0, other, ())  # what a source keeps apart stays apart
            each.append(score)
        if not own:
            return Near(story, 0.0, member, ())
        best = sorted(range(len(own)), key=lambda n: (-each[n], n))[:NEAREST]
        nearest = own[best[0]]
        similarity = sum(each[n] for n in best) / len(best) - loss + _gain(member, nearest)
        if similarity >= SHOWN_TOGETHER and any(is_filled_in_otherwise(member, own[n]) for n in best):
            return Near(story, 0.0, nearest, ())
        if similarity > BY_TITLE_ALONE and all(
            share_the_title_alone(member, own[n], self.frequencies) for n in best
        ):
            similarity = BY_TITLE_ALONE
        if similarity < SHOWN_TOGETHER:  # most are: nobody asks what carried them
            return Near(story, similarity, nearest, ())
        return Near(story, min(similarity, 1.0), nearest, carried_by(member, nearest))


def _gain(one: Member, other: Member) -> float:
    """What similarity gains, or loses below 0, by the names in both texts."""
    share = share_of_names(one, other)
    return 0.0 if share is None else NAMES_GAIN * (share - NAMES_SHARED)


def carried_by(one: Member, other: Member) -> tuple[str, ...]:
    """The terms that make two articles similar, the strongest first."""
    weights = dict(zip(other.vector_terms, other.vector_weights.tolist(), strict=True))
    shared = [
        (-weight * weights[term], term)
        for term, weight in zip(one.vector_terms, one.vector_weights.tolist(), strict=True)
        if term in weights
    ]
    return tuple(term for _, term in sorted(shared)[:CARRIED_BY])
