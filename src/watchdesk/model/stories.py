"""Stories: the features by which an article is put into one, and the reason why it is in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

SHOWN_TOGETHER = 0.12
"""Similarity of an article to a story from which the two are shown together."""
HOLDS_BACK = 0.20
"""Similarity from which an article may be held back because its story was told: below it, that hides news."""


class JoinedBy(StrEnum):
    """What put an article into its story; the names are kept in the database."""

    FIRST = "first"
    """Nothing: the story begins with it."""
    ADDRESS = "address"
    """Another source's article has the same address."""
    WORDS = "words"
    """Another source's article begins with the same words."""
    TITLE = "title"
    """Another source's article had the same title within a day."""
    COPY = "copy"
    """It shares most of its passages with another source's article, whatever their order and titles."""
    EVENT = "event"
    """Its title and opening are about what the story is about, in other words."""


class Sharing(StrEnum):
    """What two articles have to do with each other whose text is the same in part."""

    COPY = "copy"
    PART = "part of"
    """One holds the other and much else, as a roundup does: they are not one story by that."""
    SOME = "shares text with"


@dataclass(frozen=True, slots=True)
class SharedText:
    """The article of another source with which an article shares most of its text."""

    sharing: Sharing
    article_id: int
    containment: float
    """The part of the shorter text that the longer one holds, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class StoryFeatures:
    """What of an article decides which story it tells; made by `stories.features_of`."""

    title_terms: tuple[str, ...] = ()
    """Words of the title in their order, folded, without stop words."""
    lead_terms: tuple[str, ...] = ()
    """Those of the opening of the text."""
    words: int = 0
    """Words of the whole text."""
    every: int = 1
    """Of as many shingles (runs of five words) one is kept, chosen by its hash."""
    shingles: bytes = b""
    """Hashes of the shingles that are kept: unsigned, of 32 bits, little-endian, in ascending order."""
    facts: bytes = b""
    """In the same form, hashes of the text's numbers (odd) and names (even)."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Why an article is in its story."""

    story_id: int
    """The story that it is in now: where its own was merged into another, that one."""
    joined_by: JoinedBy
    similarity: float = 1.0
    """To the story: from 0 to 1; 1 where the article is a copy, or the first. Where its own story was merged
    into another, at most the similarity of the two stories.
    """
    nearest: int | None = None
    """Id of the article that it was nearest to; None for the first, and for an article from before ids were
    noted.
    """
    terms: tuple[str, ...] = ()
    """The words that carried the similarity, the strongest first: at most five."""
    shared: SharedText | None = None
    """With which article it shares text."""
    merged_from: int | None = None
    """The story that it was first put into, where that was merged into `story_id` later."""

    @property
    def may_hold_back(self) -> bool:
        """Whether it is sure enough to hide the article where its story was told before."""
        return self.similarity >= HOLDS_BACK


@dataclass(frozen=True, slots=True)
class Merge:
    """One story that turned out to be another, and why."""

    story_id: int
    """The younger one."""
    merged_into: int
    """The older one, as it was then; it may have been merged since."""
    at: datetime
    similarity: float
    """Of the younger one's last articles to the older one, from 0 to 1."""
    terms: tuple[str, ...] = ()
    """The words that carried it, the strongest first."""
