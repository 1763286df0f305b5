"""What stands in most of a source's recent articles belongs to the source and not to the articles. Pure.

A line that all patterns miss, or the headlines of the day inside every text, show themselves by coming back.
The caller reads the recent articles.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from watchdesk.articles.line_counts import (
    RECENT,
    LineCounts,
    Lines,
    line_hash,
    lines_of,
    name_of,
    texts_of,
)
from watchdesk.articles.plain import folded
from watchdesk.articles.sealing import sealed
from watchdesk.model import Article, Section

_SHORTEST_TEXT = 120
"""Characters of a text that cannot be that of two articles by chance."""
_LONG_WORD = 4
"""Letters of the words of a title that are compared."""
_FEWEST_WORDS = 2
_SHORTEST_SHARED = 60
"""Characters of a folded paragraph that two reports do not have by chance."""
_MOSTLY = 0.6
"""Share of the shorter text that two versions of one report have in common, at least."""
_APART = timedelta(hours=48)
"""Versions of one report come out within that time."""
_MOST_VERSIONS = 12
"""No report has more within that time; what so many articles share is not theirs."""
_MOST_SPOKEN_WORDS = 5
_SPOKEN = re.compile(
    r"(?:[^:]{1,40}:\s)?[\[(«“\"„]?\w.*[.!?…。！？؟।][\])»”\"’]*|[\[(].*[\])]|(?:\w+\W+)?\w{1,30}:|[^\W\d_][.:)]?"
)
"""`Yes.`, `THE PRESIDENT: Thank you.`, `(Applause)`, `Q`: what people say, or what stands beside it."""


class Furniture:
    """The lines of a source's recent articles, and in how many of them each stands."""

    def __init__(self, recent: Iterable[Article]) -> None:
        """`recent`: the newest first; at most `RECENT` count."""
        self._counts = LineCounts()
        self._kept: dict[str, _Kept] = {}
        self._texts: dict[str, tuple[str, str]] = {}
        for article in list(recent)[:RECENT][::-1]:
            self.learn(article)

    def learn(self, article: Article) -> None:
        """Counts an article's lines, also those taken out of it; an earlier version counts no more."""
        name = name_of(article)
        self._kept[name] = _Kept.of(article)
        for forgotten in self._counts.learn(name, lines_of(article)):
            del self._kept[forgotten]
        if len(article.text) >= _SHORTEST_TEXT:
            self._texts[folded(article.text)] = (name, folded(article.title))

    def taken_out_of(self, article: Article) -> Article:
        """The article without the source's furniture, which `removed` lists: `Follow us (in 41 of 50)`.

        As it was where nothing else would be left. The versions of one report, each at an address of its own,
        count as one article: what they share is the report.
        """
        notes: list[str] = []
        versions = self._versions(article) if any(map(self._note, texts_of(article.sections))) else ()
        sections = tuple(self._without(article.sections, notes, versions))
        if not notes or not any(section.paragraphs for section in sections):
            return article
        return sealed(replace(article, sections=sections, removed=(*article.removed, *notes)))

    def is_of_another(self, page: Article, entry: Article) -> bool:
        """Whether a page has nothing of its own: all of it stands in most pages, or is another's text."""
        name = name_of(entry)
        other = self._texts.get(folded(page.text))
        if other and other[0] != name and other[1] != folded(entry.title):
            return True
        lines = [line for line in texts_of(page.sections) if line_hash(line)]
        return bool(lines) and all(self._note(line) for line in lines)

    def _versions(self, article: Article) -> Sequence[Lines]:
        """The lines of articles that tell its report: under nearly its title, or with most of its text."""
        own = _Kept.of(article)
        titled = {name for name, kept in self._kept.items() if own.is_titled_as(kept)}
        alike = {name for name, kept in self._kept.items() if own.tells_as(kept)}
        names = titled | alike if len(alike) <= _MOST_VERSIONS else titled
        return [self._counts.lines[name] for name in names]

    def _without(
        self, sections: Sequence[Section], notes: list[str], versions: Sequence[Lines]
    ) -> Iterator[Section]:
        before: Section | None = None
        for section in sections:
            heading = section.heading
            if heading and (note := self._note(heading, versions)):
                notes.append(note)
                heading = None
            paragraphs = []
            for paragraph in section.paragraphs:
                if not _is_spoken(paragraph) and (note := self._note(paragraph, versions)):
                    notes.append(note)
                else:
                    paragraphs.append(paragraph)
            if heading is None and before is not None:
                before = replace(before, paragraphs=(*before.paragraphs, *paragraphs))
                continue
            if before is not None:
                yield before
            before = Section(heading, tuple(paragraphs))
        if before is not None and (before.heading or before.paragraphs):
            yield before

    def _note(self, line: str, versions: Sequence[Lines] = ()) -> str | None:
        """A line that is furniture, with how often it was seen; None for one that is not."""
        seen = self._counts.seen(line_hash(line), versions)
        return f"{line} (in {seen[0]} of {seen[1]})" if seen else None


@lru_cache(2048)  # each line of an article is compared and learnt
def _words(line: str) -> str:
    return folded(line)


def _is_spoken(line: str) -> bool:
    """Whether a short line is what is said in interviews and speeches again and again."""
    return len(line.split()) <= _MOST_SPOKEN_WORDS and _SPOKEN.fullmatch(line) is not None


@dataclass(frozen=True, slots=True)
class _Kept:
    """What an article says once clutter and furniture are out of it, as far as known."""

    title_words: frozenset[str]
    paragraphs: frozenset[str]
    length: int
    at: datetime

    @classmethod
    def of(cls, article: Article) -> "_Kept":
        paragraphs = frozenset(_words(line) for section in article.sections for line in section.paragraphs)
        words = frozenset(word for word in folded(article.title).split() if len(word) >= _LONG_WORD)
        at = article.published_at or article.first_seen
        return cls(words, paragraphs, sum(map(len, paragraphs)), at)

    def is_titled_as(self, other: "_Kept") -> bool:
        """Whether two articles have nearly one title, and the other holds a paragraph of this than which
        none is longer.
        """
        longest = max(map(len, self.paragraphs), default=0)
        shared = any(len(words) == longest for words in self.paragraphs & other.paragraphs)
        return shared and _are_alike(self.title_words, other.title_words)

    def tells_as(self, other: "_Kept") -> bool:
        """Whether most of the text of two articles is the same, and they came out within two days.

        What is the source's and not theirs was taken out of the earlier one when it came.
        """
        shared = [len(line) for line in self.paragraphs & other.paragraphs]
        return (
            max(shared, default=0) >= _SHORTEST_SHARED
            and sum(shared) >= _MOSTLY * min(self.length, other.length)
            and abs(self.at - other.at) <= _APART
        )


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two titles share half of the words of the shorter, and at least two."""
    shared = len(one & other)
    return shared >= _FEWEST_WORDS and 2 * shared >= min(len(one), len(other))
