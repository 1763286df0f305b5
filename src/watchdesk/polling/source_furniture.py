"""What is a source's own in its articles, found with as little reading of its recent articles as possible."""

from collections.abc import Sequence
from functools import cached_property

from watchdesk.articles import Furniture
from watchdesk.articles.line_counts import (
    RECENT,
    LineCounts,
    line_hash,
    lines_of,
    name_of,
    texts_of,
    unpacked,
)
from watchdesk.model import Article, Source
from watchdesk.ports import PollStore


class SourceFurniture:
    """As `Furniture` of the source's recent articles, which are read only once a line of a new one recurs."""

    def __init__(self, store: PollStore, source: Source, fresh: Sequence[Article]) -> None:
        """`fresh`: what this poll brings, as its entries say it."""
        self._store = store
        self._source = source
        self._fresh = fresh
        self._learnt: list[Article] = []

    def taken_out_of(self, article: Article) -> Article:
        """The article without furniture."""
        return self.whole.taken_out_of(article) if self._comes_back(article) else article

    def learn(self, article: Article) -> None:
        """Counts an article's lines for those that come after it."""
        if "whole" in self.__dict__:
            self.whole.learn(article)
        elif self._counts:
            self._counts.learn(name_of(article), lines_of(article))
            self._learnt.append(article)

    @cached_property
    def whole(self) -> Furniture:
        """With all that only the texts of recent articles say."""
        recent = self._store.recent_articles(self._source.id, RECENT)
        furniture = Furniture([*self._fresh, *recent])
        for article in self._learnt:
            furniture.learn(article)
        return furniture

    def _comes_back(self, article: Article) -> bool:
        if "whole" in self.__dict__ or self._counts is None:
            return True
        return any(self._counts.seen(line_hash(text)) for text in texts_of(article.sections))

    @cached_property
    def _counts(self) -> LineCounts | None:
        """None where articles were stored by an earlier version of watchdesk, which kept no hashes."""
        recent = self._store.recent_lines(self._source.id, RECENT)
        newest_first = [(name_of(article), lines_of(article)) for article in self._fresh]
        counts = LineCounts()
        for name, stored in recent[: RECENT - len(newest_first)][::-1]:
            if stored is None:
                return None
            counts.learn(name, unpacked(stored))
        for name, lines in newest_first[:RECENT][::-1]:
            counts.learn(name, lines)
        return counts
