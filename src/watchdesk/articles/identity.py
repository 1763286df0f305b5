"""By what an entry is known again in its source, and whether it has changed since.

Keys are strings with a letter before: `g:` the publisher's own id, `u:` the address, `c:` the content with
its address and day.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from watchdesk.articles.addresses import clean_url, is_home_key, url_key
from watchdesk.articles.plain import folded, plain_title, without_tags
from watchdesk.model import Entry, ParsedFeed

_SLUG = 16
"""Characters from which the last part of a path names one page rather than a section."""
_LONGEST_GUID = 400
_TELLING = 100
"""Characters of text by which an undated entry is known under a new id; less is said twice by chance."""


@dataclass(frozen=True, slots=True)
class Identified:
    """An entry, the keys it is known by within its source (strongest first), and its version."""

    entry: Entry
    keys: tuple[str, ...]
    entry_hash: str
    """Changes with the title, the words or the address; not with markup, trackers or counters."""


@dataclass(frozen=True, slots=True)
class _Marks:
    """What of an entry can tell it from another."""

    guid: str | None
    url: str | None
    """As a key; None for the address of a whole site."""
    title: str
    words: str
    published: str

    @property
    def version(self) -> str:
        return _digest(self.title, self.words, self.url or "")

    @property
    def content(self) -> str | None:
        """What stays when a publisher changes its ids: address, text and day; None where that is little."""
        if self.url is None or not (self.published or len(self.words) >= _TELLING):
            return None
        return _digest(self.version, _day(self.published))


def identify(feed: ParsedFeed) -> tuple[Identified, ...]:
    """The entries of a document in their order, each once; what holds nothing to read is left out."""
    marked = [(entry, _marks(entry, feed)) for entry in feed.entries]
    marked = [(entry, marks) for entry, marks in marked if _holds_anything(entry, marks)]
    ambiguous_guids = _ambiguous_guids(marks for _, marks in marked)
    shared_urls = _shared_urls((marks for _, marks in marked), ambiguous_guids)
    found: dict[str, Identified] = {}
    for entry, marks in marked:
        guid = None if marks.guid in ambiguous_guids else marks.guid
        url = None if marks.url in shared_urls else marks.url
        keys = _keys(guid, url, marks)
        if not any(key in found for key in keys[:1]):
            found[keys[0]] = Identified(entry, keys, marks.version)
    return tuple(found.values())


def _keys(guid: str | None, url: str | None, marks: _Marks) -> tuple[str, ...]:
    if guid is None:
        return (f"u:{url}",) if url else (f"c:{marks.version}",)
    if url and _names_one_page(url):
        return (f"g:{guid}", f"u:{url}")
    return (f"g:{guid}", f"c:{marks.content}") if marks.content else (f"g:{guid}",)


def _marks(entry: Entry, feed: ParsedFeed) -> _Marks:
    guid = (entry.guid or "").strip()
    if len(guid) > _LONGEST_GUID:
        guid = _digest(guid)
    address = clean_url(entry.original_url, feed.base_url) or clean_url(entry.url, feed.base_url)
    key = url_key(address) if address else ""
    url = key if key and not is_home_key(key) else None
    title = folded(plain_title(entry.title))
    words = without_tags(entry.content or entry.summary)
    return _Marks(guid or None, url, title, words, entry.published or "")


def _holds_anything(entry: Entry, marks: _Marks) -> bool:
    return any((marks.guid, marks.url, marks.title, marks.words, entry.url))


def _ambiguous_guids(all_marks: Iterable[_Marks]) -> frozenset[str]:
    """Ids that one document gives to entries which differ in address and title alike."""
    seen: Mapping[str, list[_Marks]] = defaultdict(list)
    for marks in all_marks:
        if marks.guid:
            seen[marks.guid].append(marks)
    return frozenset(guid for guid, group in seen.items() if any(_differ(group[0], other) for other in group))


def _differ(one: _Marks, other: _Marks) -> bool:
    """Whether two entries under one id are two articles: nothing else that they have is the same."""
    same_url = one.url is not None and one.url == other.url
    same_title = bool(one.title) and one.title == other.title
    if one.url is None and other.url is None and not one.title and not other.title:
        return one.words != other.words
    return not same_url and not same_title


def _shared_urls(all_marks: Iterable[_Marks], ambiguous: frozenset[str]) -> frozenset[str]:
    """Addresses that several entries of one document lead to, such as a page of all warnings."""
    seen: Mapping[str, set[str]] = defaultdict(set)
    for marks in all_marks:
        if marks.url:
            guid = None if marks.guid in ambiguous else marks.guid
            seen[marks.url].add(f"g:{guid}" if guid else f"t:{marks.title}")
    return frozenset(url for url, names in seen.items() if len(names) > 1)


def _day(published: str) -> str:
    """The day of a date as it is written, in whatever zone; publishers that rename entries date them anew."""
    return published[:10] if published[:4].isdigit() else " ".join(published.split()[:4])


def _names_one_page(url: str) -> bool:
    """Whether an address looks like that of one article, and may vouch for one beside its id.

    A feed of one entry whose link is always `/warnings` would else never show a second warning.
    """
    parts = urlsplit(f"//{url}")
    last = parts.path.rpartition("/")[2]
    return (
        any(sign.isdigit() for sign in f"{parts.path}{parts.query}")
        or len(last) >= _SLUG
        or last.count("-") >= 2
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()[:32]
