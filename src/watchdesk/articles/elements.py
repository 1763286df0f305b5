"""A page's tree, made by lxml in one go, and the lines of text in it.

`html_tree` reads listing pages, pages for discovery, and what lxml cannot read.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from lxml import etree
from lxml.html import HtmlElement

from watchdesk.articles.html_tree import html_tree
from watchdesk.articles.lines import Kind, Line
from watchdesk.articles.markup import SILENT, LineCollector, Parted, is_hidden_style, parsable

Element: TypeAlias = Any
"""An element of lxml, which has no types."""
_UNSPOKEN = frozenset(("rt", "rp"))
"""Ruby annotations, which give a word's pronunciation and are not part of the text."""
_TOO_DEEP = etree.ErrorTypes.ERR_RESOURCE_LIMIT
_OF_HEAD = frozenset(("title", "meta", "link", "base", "script", "style", "noscript", "template"))
SKIPPED = SILENT | _UNSPOKEN
_DOCUMENT_END = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_CLASSES = etree.ElementDefaultClassLookup(element=HtmlElement)


def page_tree(html: str | Parted) -> Element:
    """The root of a document, at most `markup.MOST_CHARACTERS` of it, without comments.

    lxml gives up where elements are nested too deeply, and loses a body that comes after the document's end;
    such a page is read by BeautifulSoup first, which leaves the deepest elements out.
    """
    markup = parsable(html)
    root, whole = _parsed(markup)
    if not whole:
        root, _ = _parsed(_DOCUMENT_END.sub("", str(html_tree(markup))))
    return root


def _parsed(markup: str) -> tuple[Element, bool]:
    """The root, and whether all of the document is in it."""
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, default_doctype=False, collect_ids=False
    )
    parser.set_element_class_lookup(_CLASSES)
    root = etree.fromstring(markup.encode(), parser)
    if root is None:  # there is no element in it
        return etree.fromstring(b"<html><body/></html>", parser), False
    _put_into_body(root)
    too_deep = any(entry.type == _TOO_DEEP for entry in parser.error_log)
    return root, not too_deep and root.find("body") is not None


def _put_into_body(root: Element) -> None:
    """Moves what lxml left in the head of a page without `<body>`, which may be omitted (HTML §13.1.2.4)."""
    head = root.find("head")
    if head is None or root.find("body") is not None:
        return
    first = next((n for n, child in enumerate(head) if child.tag not in _OF_HEAD), None)
    if first is not None:
        body = etree.SubElement(root, "body")
        body.extend(head[first:])


def body_of(page: Element) -> Element:
    """The first `body` of a page; its root where there is none."""
    body = page.find("body")
    return page if body is None else body


def lines_of(root: Element) -> tuple[Line, ...]:
    """The lines of everything in `root`, in reading order, as `markup.markup_lines` has them."""
    lines = LineCollector()
    read(
        root,
        enter=lambda element: lines.enter(element.tag),
        add=lines.add,
        leave=lambda element: lines.leave(element.tag),
    )
    lines.end(Kind.PARAGRAPH)
    return tuple(lines.found)


def read(
    root: Element,
    *,
    enter: Callable[[Element], None],
    add: Callable[[str], None],
    leave: Callable[[Element], None],
) -> None:
    """Walks through everything in `root` that a reader sees, in reading order: elements and texts."""
    walk = etree.iterwalk(root, events=("start", "end"))
    silent: Element = None
    for event, element in walk:
        if event == "start":
            if element.tag in SKIPPED or (element is not root and is_hidden(element)):
                silent = element
                walk.skip_subtree()
                continue
            enter(element)
            if text := element.text:
                add(text)
            continue
        if element is not silent:
            leave(element)
        if element is not root and (text := element.tail):
            add(text)


def is_hidden(element: Element) -> bool:
    """Whether the page itself hides an element."""
    style = element.get("style")
    return (style is not None and is_hidden_style(style)) or element.get("hidden") is not None


def text_of(element: Element) -> str:
    """All text of an element on one line, with spaces where a reader sees words end."""
    return " ".join(line.text for line in lines_of(element))


def classes_of(element: Element) -> Sequence[str]:
    """The classes of an element."""
    names: str | None = element.get("class")
    return names.split() if names else ()
