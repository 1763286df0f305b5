"""The keys by which copies of a story are recognised across sources: address, words, title. Pure.

Agency copy appears at many addresses, often under a new headline; "Morning briefing" appears every day.
The store groups the articles that share a key.
"""

import hashlib
import re

from watchdesk.articles.addresses import is_home_key
from watchdesk.articles.plain import folded
from watchdesk.model import DAY_KEY, Article

_TITLE_WORDS = 4
"""A title of fewer words may be a column's."""
_DAY_TITLE_WORDS = 3
"""A title of fewer words, such as "Live updates", heads many stories of one day."""
_BEGINNING = 20
"""Words of the text that must be the same under the same title; a teaser has as many."""
_LONG_BEGINNING = 100
"""Words of the text that suffice to recognise a copy under any title."""
_LONG_WORD = 12
"""Characters of a word with its space; hardly any language's average is longer."""
_DATELINE = re.compile(r"^[^.!?]{2,60}?(?:\([^()]{2,30}\)\s*[-–—:]|\s[–—-]{1,2})\s+(?=\S)")


def story_keys(article: Article, *, has_own_page: bool = True) -> tuple[str, ...]:
    """Keys of the story, strongest first; articles of different sources that share one are the same story.

    Empty if there is nothing to go by. A key that begins with `DAY_KEY` is the title alone and holds for one
    day. `has_own_page`: no other entry of its source is on the same page.
    """
    keys: list[str] = []
    body = " ".join(paragraph for section in article.sections for paragraph in section.paragraphs)
    words = _first_words(_without_dateline(body), _LONG_BEGINNING)
    title = folded(article.title)
    if len(words) >= _LONG_BEGINNING:
        keys.append(f"b:{_digest('', words[:_LONG_BEGINNING])}")
    if len(title.split()) >= _TITLE_WORDS and len(words) >= _BEGINNING:
        keys.append(f"t:{_digest(title, words[:_BEGINNING])}")
    address = _address_key(article) if has_own_page else ()
    of_title = (f"{DAY_KEY}{_digest(title, [])}",) if len(title.split()) >= _DAY_TITLE_WORDS else ()
    # A place on a page says less than a title: another source's link to the page may mean another place.
    is_place = article.url is not None and "#" in article.url
    return (*keys, *of_title, *address) if is_place else (*keys, *address, *of_title)


def _address_key(article: Article) -> tuple[str, ...]:
    has_one = article.url and article.url_key and not is_home_key(article.url_key)
    return (f"u:{article.url_key}",) if has_one else ()


def _first_words(text: str, count: int) -> list[str]:
    """At least `count` words, if the text has as many; only the beginning of a long text is folded."""
    cut = text.find(" ", count * _LONG_WORD)
    words = folded(text[:cut]).split() if cut > 0 else []
    return words if len(words) >= count else folded(text).split()


def _without_dateline(body: str) -> str:
    """The text without a dateline such as `KYIV (Agency) - `, which each paper writes in its own way."""
    found = _DATELINE.match(body)
    return body[found.end() :] if found and found[0][:3].isupper() else body


def _digest(title: str, words: list[str]) -> str:
    return hashlib.sha256(f"{title}\n{' '.join(words)}".encode()).hexdigest()[:32]
