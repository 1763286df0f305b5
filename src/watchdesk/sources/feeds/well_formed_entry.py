"""Reads the elements of one item or entry in a well-formed document, in feedparser's order.

Repeated, nested and empty elements are treated exactly as feedparser treats them; what would take more than
a few lines raises `Unsure`. `well_formed_feed` reads the elements around entries.
"""

from collections.abc import Callable, Mapping
from typing import Any

from watchdesk.sources.feeds.element_names import FOREIGN, MEANT, UNREAD, ElementNames, Unsure, attributes
from watchdesk.sources.feeds.element_parts import (
    add_category,
    add_keywords,
    check_person,
    name_in,
    name_within,
)
from watchdesk.sources.feeds.element_text import (
    href_of,
    is_plain_text,
    joined,
    leaf_text,
    link_text,
    markup_text,
    mended,
    opens_a_page,
    without_references,
)
from watchdesk.sources.feeds.written import WrittenEntry, WrittenLink, WrittenTag

Attributes = Mapping[str, str]
_HOLDERS = frozenset(("media_content", "media_group"))
_SOURCE = "title id link updated published category icon logo rights generator subtitle"
_OF_A_SOURCE = frozenset(_SOURCE.split())


class EntryReader:
    """Reads the elements of one entry, at any depth, into `entry`."""

    def __init__(self, names: ElementNames, base: str, depth: int, *, has_content: bool) -> None:
        self.entry = WrittenEntry()
        self._names = names
        self._base = base
        self._depth = depth
        self._language: str | None = None
        self._depths: dict[str, int] = {}
        self._titled = -1
        self._has_content = has_content
        self._named_by_text = False

    @property
    def titled(self) -> int:
        """The depth of the title that counts so far; -1 if there is none."""
        return self._titled

    def read(self, parent: Any, depth: int, language: str | None) -> None:
        """Reads everything in `parent`; `depth` is its children's, `language` their inherited `xml:lang`."""
        for element in parent:
            name = self._names[element.tag]
            found = attributes(element.items())
            own = found.get("xml:lang", language) or None
            if read := _ELEMENTS.get(name):
                self._language = own
                read(self, element, found, depth)
            elif name == FOREIGN or name not in MEANT or name in _HOLDERS:
                self.read(element, depth + 1, own)
            else:
                raise Unsure

    def keep(self, part: str, value: str, depth: int) -> None:
        """Sets a part of the entry. The last one counts, unless it is nested deeper than an earlier one."""
        known = self._depths.get(part)
        if known is None or depth <= known:
            self._depths[part] = depth
            setattr(self.entry, part, value)

    def _title(self, element: Any, found: Attributes, depth: int) -> None:
        value = markup_text(element, found)
        if not -1 < self._titled <= depth:
            self.keep("title", value, depth)
            self.entry.title_is_text = is_plain_text(found)
            self.entry.title_language = self._language.replace("_", "-") if self._language else None
        if value:
            self._titled = depth

    def _media_title(self, element: Any, found: Attributes, depth: int) -> None:
        titled = self._titled
        self._title(element, found, depth)
        self._titled = titled

    def _link(self, element: Any, found: Attributes, _: int) -> None:
        link = WrittenLink(found.get("rel", "alternate"))
        self.entry.links.append(link)
        href = href_of(found)
        if href is None:
            address = link_text(leaf_text(element), self._base).replace("&amp;", "&")
            self.entry.link = without_references(address)
            link.href = self.entry.link or None
            return
        link.href = joined(self._base, href)
        if len(element):
            raise Unsure
        if opens_a_page(found):
            self.entry.link = link.href

    def _enclosure(self, element: Any, found: Attributes, _: int) -> None:
        if len(element):
            raise Unsure
        self.entry.links.append(WrittenLink("enclosure", href_of(found)))

    def _guid(self, element: Any, found: Attributes, depth: int) -> None:
        value, is_link = leaf_text(element), found.get("ispermalink", "true") == "true"
        value = link_text(value, self._base) if is_link else mended(value)
        self.keep("guid", value, depth)
        if is_link and self.entry.link is None:
            self.entry.link = value

    def _summary(self, element: Any, found: Attributes, depth: int) -> None:
        """A second summary counts as the content if there is none yet."""
        if self.entry.summary is not None and not self._has_content:
            self._content(element, found, depth)
        else:
            self.keep("summary", markup_text(element, found), depth)

    def _content(self, element: Any, found: Attributes, _: int) -> None:
        value = markup_text(element, found)
        self._has_content = True
        self.entry.contents.append(value)
        if self.entry.summary is None:
            self.entry.summary = value

    def _author(self, element: Any, _: Attributes, depth: int) -> None:
        """An author, named by the element's text or by a name within it."""
        if depth != self._depth:
            raise Unsure
        if not len(element):
            written = mended(leaf_text(element))
            self.keep("author", written, depth)
            self.entry.authors.append(name_in(written))
            self._named_by_text = self._named_by_text or bool(written)
            return
        if self._named_by_text:
            raise Unsure  # feedparser gives the first one's name to the second
        self.keep("author", "", depth)
        self.entry.authors.append(name_within(element, self._names))

    def _category(self, element: Any, found: Attributes, _: int) -> None:
        scheme = found.get("scheme", found.get("domain"))
        text = mended(leaf_text(element))
        add_category(self.entry.tags, WrittenTag(found.get("term"), scheme, found.get("label")), text)

    def _media_keywords(self, element: Any, found: Attributes, _: int) -> None:
        self._keywords(element, found, None)

    def _itunes_keywords(self, element: Any, found: Attributes, _: int) -> None:
        self._keywords(element, found, "http://www.itunes.com/")

    def _keywords(self, element: Any, found: Attributes, scheme: str | None) -> None:
        words = mended(leaf_text(element))
        if not found:
            add_keywords(self.entry.tags, words, scheme)

    def _source(self, element: Any, _: Attributes, depth: int) -> None:
        """The feed that the entry was taken from; its title, links and authors are not the entry's."""
        self._titled = -1
        for child in element:
            name, found = self._names[child.tag], attributes(child.items())
            if name in ("author", "contributor"):
                check_person(child, self._names)
            elif name not in _OF_A_SOURCE or len(child):
                raise Unsure
            elif name == "title" and markup_text(child, found):
                self._titled = depth + 1

    def _image(self, element: Any, _: Attributes, __: int) -> None:
        leaf_text(element)
        self._titled = -1

    def _original(self, element: Any, found: Attributes, depth: int) -> None:
        if found:
            raise Unsure
        self.keep("original_url", mended(leaf_text(element)), depth)

    def _contributor(self, element: Any, _: Attributes, __: int) -> None:
        check_person(element, self._names)

    def _unread(self, element: Any, _: Attributes, __: int) -> None:
        leaf_text(element)


def _kept(part: str) -> Callable[[EntryReader, Any, Attributes, int], None]:
    def keep(reader: EntryReader, element: Any, _: Attributes, depth: int) -> None:
        reader.keep(part, mended(leaf_text(element)), depth)

    return keep


_Read = Callable[[EntryReader, Any, Attributes, int], None]
_READERS: Mapping[_Read, str] = {
    EntryReader._title: "title dc_title",
    EntryReader._media_title: "media_title",
    EntryReader._link: "link",
    EntryReader._enclosure: "enclosure",
    EntryReader._guid: "guid id",
    EntryReader._summary: "description dc_description media_description summary itunes_summary",
    EntryReader._content: "content content_encoded",
    EntryReader._author: "author dc_author dc_creator itunes_author",
    EntryReader._contributor: "contributor",
    EntryReader._category: "category keywords dc_subject media_category",
    EntryReader._media_keywords: "media_keywords",
    EntryReader._itunes_keywords: "itunes_keywords",
    EntryReader._source: "source",
    EntryReader._image: "image",
    EntryReader._unread: " ".join(UNREAD),
    _kept("published"): "published issued pubdate dcterms_issued",
    _kept("updated"): "updated modified lastbuilddate dc_date dcterms_modified",
    _kept("language"): "language dc_language",
    EntryReader._original: "feedburner_origlink",
}
_ELEMENTS = {name: read for read, names in _READERS.items() for name in names.split()}
