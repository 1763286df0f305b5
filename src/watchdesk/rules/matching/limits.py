"""How much of an article rules read, and how much work each may do on it: enough for any honest rule."""

from collections.abc import Iterator

from watchdesk.model import Article

LONGEST_ARTICLE = 300_000
"""Characters, some 50,000 words. Rules read only the beginning of a longer article."""

MOST_STEPS = 50_000
"""Pairs of words and similar steps that one rule may try in one article."""

MOST_HITS = 10_000
"""Places of one word, list or expression that one rule considers in one article."""

MOST_SPANS = 1_000
"""Spans kept of one match, the first in reading order; its score counts them all."""

_BETWEEN_BLOCKS = 2


def blocks(article: Article) -> Iterator[tuple[str, str]]:
    """(kind, text) of title, headings and paragraphs in reading order, as far as rules read."""
    left = LONGEST_ARTICLE - len(article.title)
    yield "title", article.title[:LONGEST_ARTICLE]
    for section in article.sections:
        parts = [("heading", section.heading)] if section.heading else []
        for kind, text in [*parts, *(("paragraph", paragraph) for paragraph in section.paragraphs)]:
            if left <= 0:
                return
            yield kind, text[:left]
            left -= len(text) + _BETWEEN_BLOCKS


def is_cut(article: Article) -> bool:
    """Whether the article is longer than rules read."""
    return len(article.title) + _BETWEEN_BLOCKS + len(article.text) > LONGEST_ARTICLE


class Work:
    """The work that one rule has left for one article."""

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self.left = steps
        """Below zero once the work ran out."""
        self.cut_short = False
        """Whether the work ran out, so that the rule considered only a part."""

    def step(self) -> bool:
        """Takes one step; False when none is left."""
        self.left -= 1
        if self.left < 0:
            self.cut_short = True
        return self.left >= 0
