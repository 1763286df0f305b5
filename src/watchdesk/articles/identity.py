"""The keys by which an entry is recognised within its source, and which entries of one poll are the same.

Keys are strings with a letter before: `g:` the publisher's own id, `u:` the address, `w:` title and words,
`t:` the title alone, `s:` an address that different entries share. Earlier versions of watchdesk wrote `c:`
in place of `w:`: title, words and address. `sameness` decides whether an entry is a stored article, or a
newer version of one.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html.entities import name2codepoint
from urllib.parse import urlsplit

from watchdesk.articles.addresses import clean_url, entry_key, is_home_key
from watchdesk.articles.plain import entry_title, folded, without_tags
from watchdesk.model import Entry, ParsedFeed

_SLUG = 16
"""Characters from which the last part of a path names one page rather than a section."""
_LONGEST_GUID = 400
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);?")
_DIGITS = 32
"""Hexadecimal digits of a digest."""
_TELLING = 100
"""Characters of text that identify an undated entry under a new id; shorter texts recur by chance."""


@dataclass(frozen=True, slots=True)
class Identified:
    """An entry with all keys by which its source can recognise it."""

    entry: Entry
    guid: str | None
    """Key of the publisher's id."""
    address: str | None
    """Key of the address, its fragment included; None for the address of a whole site."""
    wording_key: str
    """Key of title and words."""
    entry_hash: str
    """Changes with the title, the words or the address, but not with markup, trackers or counters."""
    title: str = ""
    """Folded."""
    names_a_page: bool = False
    """The address looks like one article's, and is not just a word such as `/warnings`."""
    is_telling: bool = False
    """It is dated, or too long to recur by chance."""
    day: str = ""
    """The day of publication, as written."""
    former_hash: str = ""
    """`entry_hash` as it was before fragments were part of addresses."""
    misread_keys: tuple[str, ...] = ()
    """Keys of an earlier version of watchdesk, which read `&copy=` in addresses as a letter."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in force, strongest first."""
        return tuple(key for key in (self.guid, self.address, self.wording_key) if key)

    @property
    def title_key(self) -> str | None:
        """Key of the title, for an entry that has only its title and words."""
        return f"t:{_digest(self.title)}" if self.title else None

    @property
    def older_keys(self) -> tuple[str, ...]:
        """Keys that an earlier version of watchdesk would have stored it under."""
        keys = [f"c:{self.former_hash}"]
        address = _former_address(self.address[2:]) if self.address else ""
        if address and self.is_telling:
            keys.append(f"c:{_digest(self.former_hash, self.day)}")
        if address and self.address != f"u:{address}":
            keys.append(f"u:{address}")
        return tuple(keys)

    @property
    def shared_address_key(self) -> str | None:
        """The key that marks its address as shared by different entries."""
        return f"s:{self.address[2:]}" if self.address else None

    said = property(lambda self: self.wording_key)
    titled = property(lambda self: self.title_key)
    shared = property(lambda self: self.shared_address_key)
    """Earlier names of these three."""

    @property
    def all_keys(self) -> tuple[str, ...]:
        """All keys that may lead to a stored article, those in force first."""
        more = (key for key in (self.shared_address_key, self.title_key) if key)
        return (*self.keys, *self.older_keys, *self.misread_keys, *more)


@dataclass(frozen=True, slots=True)
class DistinctEntry:
    """An entry of a poll, with what distinguishes it from the others."""

    place: int
    """Its place among all entries of the poll."""
    entry: Identified
    key: str
    """The key by which it is known; no other entry of the poll has it."""
    own_address: bool
    """No other entry of the poll has its address."""
    own_page: bool
    """No other entry of the poll is an anchor of the same page."""


def identify(feed: ParsedFeed) -> tuple[Identified, ...]:
    """The entries of a document in order, without exact duplicates and empty ones."""
    found: dict[tuple[str | None, ...], Identified] = {}
    for entry in feed.entries:
        identified = _identified(entry, feed)
        if identified:
            found.setdefault((identified.guid, identified.address, identified.wording_key), identified)
    return tuple(found.values())


def colliding_guid(entries: Iterable[Identified]) -> str | None:
    """A publisher's id that one document gives to entries with different titles or words; None if none."""
    wordings: dict[str, str] = {}
    for entry in entries:
        if entry.guid and wordings.setdefault(entry.guid, entry.wording_key) != entry.wording_key:
            return entry.guid[2:]
    return None


def distinct_entries(entries: Sequence[Identified], *, guids_believed: bool) -> Sequence[DistinctEntry]:
    """Each entry once, with the key by which it is known: its guid if the source's guids are believed, else
    an address that no other entry has, else title and words.
    """
    at_address: dict[str, set[str]] = defaultdict(set)
    on_page: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.address:
            name = (entry.guid if guids_believed else None) or entry.wording_key
            at_address[entry.address].add(name)
            on_page[_page(entry.address)].add(f"{entry.address} {name}")
    by_key: dict[str, DistinctEntry] = {}
    plain: list[DistinctEntry] = []
    known_by_more: set[str] = set()
    for place, entry in enumerate(entries):
        own_address = entry.address is not None and len(at_address[entry.address]) == 1
        own_page = entry.address is None or len(on_page[_page(entry.address)]) == 1
        guid = entry.guid if guids_believed else None
        address = entry.address if own_address else None
        distinct = DistinctEntry(place, entry, guid or address or entry.wording_key, own_address, own_page)
        if guid or address:
            by_key.setdefault(distinct.key, distinct)
            known_by_more.add(entry.wording_key)
        else:
            plain.append(distinct)
    for distinct in plain:
        if distinct.key not in known_by_more:
            by_key.setdefault(distinct.key, distinct)
    return sorted(by_key.values(), key=lambda distinct: distinct.place)


def _identified(entry: Entry, feed: ParsedFeed) -> Identified | None:
    guid = (entry.guid or "").strip()
    if len(guid) > _LONGEST_GUID:
        guid = _digest(guid)
    address = clean_url(entry.original_url, feed.base_url) or clean_url(entry.url, feed.base_url)
    key = entry_key(address) if address else ""
    url = key if key and not is_home_key(key) else ""
    title = folded(entry_title(entry))
    words = without_tags(entry.content or entry.summary)
    if not any((guid, url, title, words, entry.url)):
        return None
    published = entry.published or ""
    wording = hashlib.sha256(f"{title}\n{words}".encode(errors="replace"))
    version = _followed_by(wording, url)
    former = _former_address(url)
    return Identified(
        entry,
        guid=f"g:{guid}" if guid else None,
        address=f"u:{url}" if url else None,
        wording_key=f"w:{wording.hexdigest()[:_DIGITS]}",
        entry_hash=version,
        title=title,
        names_a_page=bool(url) and _names_one_page(url),
        is_telling=bool(published) or len(words) >= _TELLING,
        day=_day(published),
        former_hash=version if former == url else _followed_by(wording, former),
        misread_keys=_misread_keys(guid, entry.original_url or entry.url or "", feed.base_url),
    )


def _page(address: str) -> str:
    return address.partition("#")[0]


def _former_address(url: str) -> str:
    """The address as it was stored before fragments were part of it."""
    if "#" not in url:
        return url
    base, _, fragment = url.partition("#")
    before = url if fragment.startswith("!") else base
    return "" if is_home_key(before) else before


def _day(published: str) -> str:
    """The day of a written date, in whatever zone, without the time, which changes with an entry's id."""
    return published[:10] if published[:4].isdigit() else " ".join(published.split()[:4])


def _misread_keys(guid: str, url: str, base: str | None) -> tuple[str, ...]:
    keys = []
    if "&" in guid and (misread := _misread(guid, "&{};")) != guid:
        keys.append(f"g:{misread}")
    if "&" in url and (misread := _misread(url, "&{}")) != url:
        address = clean_url(misread, base)
        keys += [f"u:{_former_address(entry_key(address))}"] if address else []
    return tuple(keys)


def _misread(address: str, unknown: str) -> str:
    """The address as it was misread: names of parameters taken for SGML entities.

    `unknown`: what a name that is no entity became; in ids it was ended.
    """
    return _ENTITY.sub(
        lambda found: chr(name2codepoint.get(found[1], 0)).strip("\0") or unknown.format(found[1]), address
    )


def _names_one_page(url: str) -> bool:
    """Whether an address looks like one article's, so that it may identify one beside its id.

    Otherwise a feed of one entry whose link is always `/warnings` would never show a second warning.
    """
    parts = urlsplit(f"//{url}")
    last = parts.path.rpartition("/")[2]
    return (
        any(character.isdigit() for character in f"{parts.path}{parts.query}{parts.fragment}")
        or len(last) >= _SLUG
        or last.count("-") >= 2
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()[:_DIGITS]


def _followed_by(digest: "hashlib._Hash", part: str) -> str:
    """The digest with one more part."""
    more = digest.copy()
    more.update(f"\n{part}".encode(errors="replace"))
    return more.hexdigest()[:_DIGITS]


Apart = DistinctEntry
tell_apart = distinct_entries
"""Earlier names of these two."""
