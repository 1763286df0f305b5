"""A feed's elements as written, and which of several links and bodies counts.

Both readers, `well_formed` and `lenient`, produce these, so that the choice is made once, here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from watchdesk.encoding.repair import unescaped_address
from watchdesk.model import Entry, UpdateHints


@dataclass(slots=True)
class WrittenLink:
    """A link of any kind; `href` is absolute where the document gave it a base."""

    rel: str = "alternate"
    href: str | None = None


@dataclass(slots=True)
class WrittenTag:
    """A category: Atom's term, scheme and label; RSS's text and domain."""

    term: str | None
    scheme: str | None
    label: str | None


@dataclass(slots=True)
class WrittenEntry:
    """An item or an entry, element by element."""

    guid: str | None = None
    link: str | None = None
    links: list[WrittenLink] = field(default_factory=list)
    title: str | None = None
    title_is_text: bool = False
    """Its type says so (RFC 4287 §3.1.1, Media RSS)."""
    title_language: str | None = None
    summary: str | None = None
    contents: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    """Names."""
    author: str | None = None
    """The author as written, for one whose name is not known."""
    published: str | None = None
    updated: str | None = None
    tags: list[WrittenTag] = field(default_factory=list)
    language: str | None = None
    original_url: str | None = None


@dataclass(slots=True)
class WrittenFeed:
    """A document: what it says about itself, and its entries."""

    entries: list[WrittenEntry] = field(default_factory=list)
    title: str | None = None
    language: str | None = None
    link: str | None = None
    links: list[WrittenLink] = field(default_factory=list)
    generator: str = ""
    hints: UpdateHints = field(default_factory=UpdateHints)
    damage: str | None = None
    """Why it is not well-formed XML; None if it is."""


def entry_of(written: WrittenEntry) -> Entry:
    """The entry as meant: one link, the fullest body, each author and category once."""
    summary, link, original = text_of(written.summary), _link(written), text_of(written.original_url)
    names = dict.fromkeys(name for author in written.authors if (name := text_of(author)))
    return Entry(
        guid=text_of(written.guid),
        url=unescaped_address(link) if link else None,
        title=text_of(written.title),
        title_is_text=written.title_is_text and bool(text_of(written.title)),
        summary=summary,
        content=_fullest([*written.contents, written.summary]),
        author=", ".join(names) or text_of(written.author),
        published=text_of(written.published),
        updated=text_of(written.updated),
        categories=_categories(written.tags),
        language=text_of(written.language) or text_of(written.title_language),
        original_url=unescaped_address(original) if original else None,
    )


def text_of(value: object) -> str | None:
    """A string without surrounding space; None if it is empty or not a string."""
    if not isinstance(value, str):
        return None
    return value.strip() or None


def _link(written: WrittenEntry) -> str | None:
    """The alternate link, else a guid that is an address (RSS 2.0: isPermaLink), else an enclosure."""
    if link := text_of(written.link):
        return link
    for link_element in written.links:
        if link_element.rel == "alternate" and link_element.href:
            return text_of(link_element.href)
    guid = text_of(written.guid) or ""
    if re.match(r"https?://", guid):
        return guid
    enclosures = (other.href for other in written.links if other.rel == "enclosure")
    return next((text_of(href) for href in enclosures if href), None)


def _fullest(bodies: Sequence[str | None]) -> str | None:
    texts = [text for body in bodies if (text := text_of(body))]
    return max(texts, key=len, default=None)


def _categories(tags: Sequence[WrittenTag]) -> tuple[str, ...]:
    terms = (text_of(tag.label) or text_of(tag.term) for tag in tags)
    return tuple(dict.fromkeys(term for term in terms if term))
