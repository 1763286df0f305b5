"""Whether a newer version of an article says something else, so that rules are asked again."""

import re

from watchdesk.model import Article

_WORD = re.compile(r"[^\W\d_]+")
"""Letters alone: counters, times and prices that tick do not make a new text."""


def says_something_else(before: Article, after: Article) -> bool:
    """Whether words differ, or their order; not numbers, case, punctuation or where paragraphs end."""
    return before.content_hash != after.content_hash and _words(before) != _words(after)


def _words(article: Article) -> list[str]:
    return _WORD.findall(f"{article.title}\n{article.text}".casefold())
