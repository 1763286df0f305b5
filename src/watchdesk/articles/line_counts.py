"""In how many of a source's recent articles each line stands; lines are known by hashes of their words. Pure.

The hashes are stored beside each article: so whether any line of a new one comes back is known without
reading the recent ones again.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from struct import pack, unpack

from watchdesk.articles.plain import folded
from watchdesk.model import Article, Section

RECENT = 50
"""Articles of a source that are looked at."""
_FEWEST = 6
"""Articles from which on a line that comes back says something."""
_MOST = 0.5
"""Share of the articles that furniture stands in, at least."""
_NOTE = re.compile(r" \(in \d+ of \d+\)$")
_BYTES = 8
_STORED = "<{}Q"

Lines = Collection[int]
"""Hashes of an article's lines."""


class LineCounts:
    """The lines of a source's recent articles, at most `RECENT` of them."""

    def __init__(self) -> None:
        self.lines: dict[str, frozenset[int]] = {}
        """By the name of an article, the one learnt last at the end."""
        self._counts: Counter[int] = Counter()

    def learn(self, name: str, lines: Iterable[int]) -> Sequence[str]:
        """Counts its lines instead of an earlier version's; the names of those that count no more."""
        self._counts.subtract(self.lines.pop(name, ()))
        self.lines[name] = frozenset(lines)
        self._counts.update(self.lines[name])
        forgotten = list(self.lines)[:-RECENT]
        for oldest in forgotten:
            self._counts.subtract(self.lines.pop(oldest))
        return forgotten

    def seen(self, line: int, versions: Sequence[Lines] = ()) -> tuple[int, int] | None:
        """In how many of how many articles a line stands, if it is in most; None for one that is not.

        `versions`: the lines of articles that count as one.
        """
        of_versions = sum(line in lines for lines in versions)
        seen = self._counts[line] - max(0, of_versions - 1)
        of = len(self.lines) - max(0, len(versions) - 1)
        return (seen, of) if line and of >= _FEWEST and seen > _MOST * of else None


def name_of(article: Article) -> str:
    """What tells it from the source's other articles, whatever its version."""
    return article.url_key or article.title


def lines_of(article: Article) -> frozenset[int]:
    """Its lines, also those taken out of it."""
    taken_out = (_NOTE.sub("", line) for line in article.removed)
    return frozenset(map(line_hash, (*texts_of(article.sections), *taken_out)))


def texts_of(sections: Iterable[Section]) -> Iterator[str]:
    """Headings and paragraphs."""
    for section in sections:
        if section.heading:
            yield section.heading
        yield from section.paragraphs


@lru_cache(2048)  # each line of an article is compared and learnt, some of them more than once
def line_hash(line: str) -> int:
    """A hash of its words, whatever their case; 0 for a line without words."""
    words = folded(line)
    return int.from_bytes(blake2b(words.encode(), digest_size=_BYTES).digest(), "little") if words else 0


def line_hashes(article: Article) -> bytes:
    """Its lines as they are stored."""
    lines = sorted(lines_of(article))
    return pack(_STORED.format(len(lines)), *lines)


def unpacked(stored: bytes) -> Lines:
    """Lines as they were stored."""
    return unpack(_STORED.format(len(stored) // _BYTES), stored)
