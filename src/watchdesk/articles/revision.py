"""Whether one text is a newer version of another, and whether its words differ. Pure.

`sameness` chooses the stored article to compare an entry with.
"""

import re
from collections import Counter

from watchdesk.articles.plain import folded, folded_words
from watchdesk.model import Article, Wording

_WORD = re.compile(r"[^\W\d_]+")
"""Letters only: changing counters, times and prices do not make a new text."""
_SHINGLE = 5
"""Words in a row that are compared."""
_SHORT = 40
"""Words of text under which single words are compared, those of the title too."""
_LONGEST = 20_000
"""Words of a text that are compared."""


def says_something_else(before: Article, after: Article) -> bool:
    """Whether words or their order differ; numbers, case, punctuation and paragraphs do not count."""
    return before.content_hash != after.content_hash and _letters(before) != _letters(after)


def wording_of(article: Article) -> Wording:
    """The title and text of an article to which its page has added nothing yet."""
    return Wording(article.title, article.text)


def folded_wording(said: Wording) -> str:
    """The words and numbers of title and text: equal if two say the same."""
    return f"{folded(said.title)}\n{folded(said.text)}"


def keeps_title(before: Wording, after: Wording) -> bool:
    """Whether both titles have the same words and numbers."""
    return folded(before.title) == folded(after.title)


def keeps_words(before: Wording, after: Wording) -> bool:
    """Whether one text is a version of the other: at least half of the shorter one is in the longer one.

    Shingles of five words are counted; if a text has fewer than 40 words, single words of title and text.
    """
    texts = [folded_words(text)[:_LONGEST] for text in (before.text, after.text)]
    shorter, longer = sorted(texts, key=len)
    if len(shorter) >= _SHORT:
        shingles = _shingles(shorter)
        return 2 * len(shingles & _shingles(longer)) >= len(shingles)
    titles = (before.title, after.title)
    fewer, more = sorted(
        (Counter([*folded_words(title), *text]) for title, text in zip(titles, texts, strict=True)),
        key=Counter.total,
    )
    return 2 * (fewer & more).total() >= fewer.total() > 0


def _shingles(words: list[str]) -> set[tuple[str, ...]]:
    return set(zip(*(words[start:] for start in range(_SHINGLE)), strict=False))


def _letters(article: Article) -> list[str]:
    return _WORD.findall(f"{article.title}\n{article.text}".casefold())
