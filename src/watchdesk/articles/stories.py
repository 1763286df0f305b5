"""By what copies of one story are known across sources: the address, and a fingerprint of the words.

Agency copy runs under many addresses, often under a new headline; "Morning briefing" runs every day.
Grouping the articles that share a key is left to the store.
"""

import hashlib
import re

from watchdesk.articles.addresses import is_home
from watchdesk.articles.plain import folded
from watchdesk.model import Article

_TITLE_WORDS = 4
"""A title of fewer words may be that of a column."""
_BEGINNING = 20
"""Words of the text that must be there, and be the same under the same title: a teaser has as many."""
_LONG_BEGINNING = 100
"""Words after which the text alone, under whatever title, is a copy."""
_DATELINE = re.compile(r"^[^.!?]{2,60}?(?:\([^()]{2,30}\)\s*[-–—:]|\s[–—-]{1,2})\s+(?=\S)")


def story_keys(article: Article) -> tuple[str, ...]:
    """Keys of the story; articles that share one are the same story. Empty where nothing can be said."""
    keys: list[str] = []
    if article.url and article.url_key and not is_home(article.url):
        keys.append(f"u:{article.url_key}")
    body = " ".join(paragraph for section in article.sections for paragraph in section.paragraphs)
    words = folded(_without_dateline(body)).split()
    title = folded(article.title)
    if len(title.split()) >= _TITLE_WORDS and len(words) >= _BEGINNING:
        keys.append(f"t:{_digest(title, words[:_BEGINNING])}")
    if len(words) >= _LONG_BEGINNING:
        keys.append(f"b:{_digest('', words[:_LONG_BEGINNING])}")
    return tuple(keys)


def _without_dateline(body: str) -> str:
    """`KYIV (Agency) - ` is set by each paper in its own way."""
    found = _DATELINE.match(body)
    return body[found.end() :] if found and found[0][:3].isupper() else body


def _digest(title: str, words: list[str]) -> str:
    return hashlib.sha256(f"{title}\n{' '.join(words)}".encode()).hexdigest()[:32]
