"""Puts articles into stories, one after the other: by keys, by copies, by events; else a story of its own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from watchdesk.model import DAY_KEY, Ingested, JoinedBy
from watchdesk.stories.members import Member, member_of
from watchdesk.stories.sharing import PageOf, Shared, Sharers, sharers
from watchdesk.stories.window import Near, Window


@dataclass(frozen=True, slots=True)
class Assigned:
    """An article in its story, and why."""

    story: int
    joined_by: JoinedBy
    similarity: float = 1.0
    member: Member | None = None
    """None for an article without features."""
    nearest: Member | None = None
    terms: tuple[str, ...] = ()
    shared: Shared | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """A story that turned out to be another."""

    story: int
    into: int
    similarity: float
    terms: tuple[str, ...]


@dataclass(slots=True)
class Assigning:
    """New articles of one source, which are stored together."""

    window: Window
    known: dict[str, int]
    """By key, the story that it leads to."""
    said: dict[int, set[str]]
    """By story, content hashes of the source's articles in it: what it publishes separately is no copy."""
    begin: Callable[[], int]
    """The number of a new story."""
    page_of: PageOf
    merges: list[Merged] = field(default_factory=list)

    def assign(self, item: Ingested) -> Assigned:
        """Puts an article into the story that the strongest evidence leads to; later ones see it there."""
        member, shared, near = self._compared(item)
        assigned = (
            self._by_keys(item, strong_keys(item.story_keys), member, shared, near)
            or self._by_copy(member, shared)
            or self._by_keys(item, item.story_keys, member, shared, near)
            or self._by_event(member, shared, near)
            or Assigned(self.begin(), JoinedBy.FIRST, member=member, shared=shared.most)
        )
        story = assigned.story
        self.said.setdefault(story, set()).add(item.article.content_hash)
        for key in item.story_keys:
            self.known.setdefault(key, story)
        if member:
            member.story = story
            self.window.add(member)
            self._look_again(story, [one for one in near if one.story not in shared.elsewhere])
        return assigned

    def _compared(self, item: Ingested) -> tuple[Member | None, Sharers, list[Near]]:
        if item.features is None:
            return None, Sharers(), []
        article = item.article
        member = member_of(article, item.features, self.window.frequencies)
        shared = sharers(self.window, member, article, self.page_of)
        return member, shared, self.window.near(member)

    def _by_keys(
        self,
        item: Ingested,
        keys: Iterable[str],
        member: Member | None,
        shared: Sharers,
        near: Sequence[Near],
    ) -> Assigned | None:
        words = {item.article.content_hash}
        for key in keys:
            story = self.window.root(self.known[key]) if key in self.known else None
            if story is None or story in shared.elsewhere or self.said.get(story, words) != words:
                continue
            joined_by, most = _JOINED_BY.get(key[:2], JoinedBy.WORDS), shared.most
            if key[:2] in _TITLED and member and self.window.tells_otherwise(member, story):
                continue
            nearest = next((one.nearest for one in near if one.story == story), None)
            if most and self.window.story_of(most.other) == story:
                nearest = most.other
            return Assigned(story, joined_by, 1.0, member, nearest, shared=most)
        return None

    def _by_copy(self, member: Member | None, shared: Sharers) -> Assigned | None:
        copy = shared.copy
        if copy is None:
            return None
        story = self.window.story_of(copy.other)
        return Assigned(story, JoinedBy.COPY, copy.containment, member, copy.other, shared=copy)

    def _by_event(self, member: Member | None, shared: Sharers, near: Sequence[Near]) -> Assigned | None:
        best = next((one for one in near if one.story not in shared.elsewhere), None)
        if best is None:
            return None
        return Assigned(
            best.story, JoinedBy.EVENT, best.similarity, member, best.nearest, best.terms, shared.most
        )

    def _look_again(self, story: int, near: Sequence[Near]) -> None:
        """Merges stories that turn out to be one, since this one has grown."""
        others = [one for one in near if one.story != story]
        for other, better in self.window.turned_out(story, others):
            younger, older = max(other, story), min(other, story)
            self.window.merge(younger, older)
            self.merges.append(Merged(younger, older, better.similarity, better.terms))
            story = older


def strong_keys(keys: Sequence[str]) -> Sequence[str]:
    """Those before the first that is a title alone."""
    weak = next((n for n, key in enumerate(keys) if key.startswith(DAY_KEY)), len(keys))
    return keys[:weak]


_TITLED = (DAY_KEY, "t:")
"""Of a title, with the first words or without: a form has those in common however it is filled in."""
_JOINED_BY = {
    "b:": JoinedBy.WORDS,
    "t:": JoinedBy.WORDS,
    "u:": JoinedBy.ADDRESS,
    DAY_KEY: JoinedBy.TITLE,
}
