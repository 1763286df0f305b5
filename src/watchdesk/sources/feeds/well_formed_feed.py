"""Reads what a well-formed document says about its feed, element by element, as feedparser does.

`well_formed_entry` reads the entries.
"""

from collections.abc import Callable, Mapping
from typing import Any

from watchdesk.sources.feeds.element_names import FOREIGN, MEANT, UNREAD, ElementNames, Unsure, attributes
from watchdesk.sources.feeds.element_parts import check_parts, check_parts_of_parts, check_person
from watchdesk.sources.feeds.element_text import (
    href_of,
    joined,
    leaf_text,
    link_text,
    markup_text,
    mended,
    opens_a_page,
    without_references,
)
from watchdesk.sources.feeds.hints import hints_of
from watchdesk.sources.feeds.well_formed_entry import EntryReader
from watchdesk.sources.feeds.written import WrittenFeed, WrittenLink

Attributes = Mapping[str, str]
_OF_AN_IMAGE = frozenset(("title", "link", "description", "url", "width", "height", FOREIGN))
_OF_AN_INPUT = frozenset(("title", "link", "description", "name", FOREIGN))
_A_TOPIC = frozenset(("itunes_category",))
_OF_AN_OWNER = frozenset(("itunes_name", "itunes_email", FOREIGN))
_UNREAD = """
    category dc_author dc_creator dc_date dc_subject dcterms_issued dcterms_modified issued itunes_author
    itunes_keywords keywords lastbuilddate managingeditor media_category media_keywords modified pubdate
    published updated
"""


class FeedReader:
    """Reads the elements of a channel or a feed, at any depth, into `feed`."""

    def __init__(self, names: ElementNames, base: str) -> None:
        self.feed = WrittenFeed()
        self._names = names
        self._base = base
        self._titled = -1
        self._summarised = False
        self._has_content = False
        self._said: dict[str, str] = {}
        self._hours: list[str] = []
        self._days: list[str] = []

    def finished(self) -> WrittenFeed:
        """The feed, with the update hints found in it."""
        said = self._said
        self.feed.hints = hints_of(
            said.get("ttl"),
            said.get("sy_updateperiod"),
            said.get("sy_updatefrequency"),
            self._hours,
            self._days,
        )
        return self.feed

    def read(self, parent: Any, depth: int, language: str | None) -> None:
        """Reads everything in `parent`; `depth` is its children's, `language` their inherited `xml:lang`."""
        for element in parent:
            found = attributes(element.items())
            own = found.get("xml:lang", language) or None
            self.read_element(self._names[element.tag], element, found, depth, own)

    def read_element(
        self, name: str, element: Any, found: Attributes, depth: int, language: str | None
    ) -> None:
        """Reads one element, whose name and attributes are known already."""
        if name in ("item", "entry"):
            self._entry(element, found, depth, language)
        elif read := _ELEMENTS.get(name):
            read(self, element, found, depth)
        elif name == FOREIGN or name not in MEANT:
            self.read(element, depth + 1, language)
        else:
            raise Unsure

    def say(self, name: str, text: str) -> None:
        """Keeps the text of an element until all elements are read."""
        self._said[name] = text

    def _entry(self, element: Any, found: Attributes, depth: int, language: str | None) -> None:
        if "lastmod" in found or "href" in found:
            raise Unsure  # CDF
        reader = EntryReader(self._names, self._base, depth + 1, has_content=self._has_content)
        reader.entry.guid = found.get("rdf:about") or None
        reader.read(element, depth + 1, language)
        self._titled, self._has_content = reader.titled, False
        self.feed.entries.append(reader.entry)

    def _title(self, element: Any, found: Attributes, depth: int) -> None:
        value = markup_text(element, found)
        if not -1 < self._titled <= depth:
            self.feed.title = value
        if value:
            self._titled = depth

    def _link(self, element: Any, found: Attributes, _: int) -> None:
        link = WrittenLink(found.get("rel", "alternate"))
        self.feed.links.append(link)
        href = href_of(found)
        if href is None:
            link.href = self.feed.link = without_references(link_text(leaf_text(element), self._base))
            return
        leaf_text(element)
        link.href = joined(self._base, href)
        if opens_a_page(found):
            self.feed.link = link.href

    def _id(self, element: Any, found: Attributes, _: int) -> None:
        value, is_link = leaf_text(element), found.get("ispermalink", "true") == "true"
        if is_link and self.feed.link is None:
            self.feed.link = link_text(value, self._base)

    def _language(self, element: Any, _: Attributes, __: int) -> None:
        self.feed.language = mended(leaf_text(element))

    def _description(self, element: Any, found: Attributes, _: int) -> None:
        markup_text(element, found)
        if self._summarised:
            self._has_content = True

    def _summary(self, element: Any, found: Attributes, depth: int) -> None:
        self._description(element, found, depth)
        self._summarised = True

    def _generator(self, element: Any, found: Attributes, _: int) -> None:
        href = href_of(found)
        self.feed.generator = " ".join((mended(leaf_text(element)), href or ""))

    def _generator_agent(self, element: Any, found: Attributes, _: int) -> None:
        leaf_text(element)
        self.feed.generator = found.get("rdf:resource", "")

    def _image(self, element: Any, _: Attributes, depth: int) -> None:
        self._aside(element, depth, _OF_AN_IMAGE)

    def _input(self, element: Any, _: Attributes, depth: int) -> None:
        self._aside(element, depth, _OF_AN_INPUT)

    def _aside(self, element: Any, depth: int, parts: frozenset[str]) -> None:
        """An image or a form, with a title of its own."""
        self._titled = -1
        for child in element:
            name, found = self._names[child.tag], attributes(child.items())
            if name not in parts:
                raise Unsure
            if name == "title" and markup_text(child, found):
                self._titled = depth + 1
            leaf_text(child)

    def _person(self, element: Any, _: Attributes, __: int) -> None:
        check_person(element, self._names)

    def _owner(self, element: Any, _: Attributes, __: int) -> None:
        check_parts(element, self._names, _OF_AN_OWNER)

    def _topics(self, element: Any, _: Attributes, __: int) -> None:
        """iTunes' categories hold others, one level deep."""
        check_parts_of_parts(element, self._names, _A_TOPIC, _A_TOPIC)

    def _contents(self, element: Any, _: Attributes, __: int) -> None:
        """RSS 1.0 §5.3.5: the list of the items, in order, before the items themselves."""
        check_parts_of_parts(element, self._names, frozenset(("rdf_seq",)), frozenset(("rdf_li",)))

    def _skipped_hours(self, element: Any, _: Attributes, __: int) -> None:
        self._hours += self._skipped(element, "hour")

    def _skipped_days(self, element: Any, _: Attributes, __: int) -> None:
        self._days += self._skipped(element, "day")

    def _skipped(self, element: Any, part: str) -> list[str]:
        check_parts(element, self._names, frozenset((part,)))
        return [leaf_text(child) for child in element]

    def _unread(self, element: Any, _: Attributes, __: int) -> None:
        leaf_text(element)


_Read = Callable[[FeedReader, Any, Attributes, int], None]


def _said(name: str) -> _Read:
    def say(reader: FeedReader, element: Any, found: Attributes, _: int) -> None:
        if found:
            raise Unsure
        reader.say(name, leaf_text(element))

    return say


_READERS: Mapping[_Read, str] = {
    FeedReader._title: "title dc_title",
    FeedReader._link: "link",
    FeedReader._id: "id guid",
    FeedReader._language: "language dc_language",
    FeedReader._description: "description dc_description",
    FeedReader._summary: "summary itunes_summary",
    FeedReader._image: "image",
    FeedReader._input: "textinput",
    FeedReader._person: "author contributor",
    FeedReader._owner: "itunes_owner",
    FeedReader._topics: "itunes_category",
    FeedReader._contents: "items",
    FeedReader._skipped_hours: "skiphours",
    FeedReader._skipped_days: "skipdays",
    FeedReader._generator: "generator",
    FeedReader._generator_agent: "admin_generatoragent",
    FeedReader._unread: f"{_UNREAD} {' '.join(UNREAD - {'generator'})}",
}
_ELEMENTS: Mapping[str, _Read] = {
    name: read for read, names in _READERS.items() for name in names.split()
} | {name: _said(name) for name in ("ttl", "sy_updateperiod", "sy_updatefrequency")}
