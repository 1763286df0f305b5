"""HTML → lines of text: blocks, line breaks, lists, tables; without scripts and hidden elements.

It is iterative, so that no nesting is too deep. `lines` finds headings and paragraphs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from bs4 import BeautifulSoup, CData, NavigableString, Tag
from bs4.element import PageElement
from soupsieve import SelectorSyntaxError

from watchdesk.articles.html_tree import html_tree
from watchdesk.articles.lines import Kind, Line
from watchdesk.articles.plain import one_line
from watchdesk.articles.superscripts import spaced
from watchdesk.encoding.repair import is_clean, repaired

MOST_CHARACTERS = 1_000_000
"""Characters read of one document without its scripts."""
_LONGEST_TAG = 2000
"""Characters of a tag that was cut off; a `<` further away stands for itself."""
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCK_NAMES = """
    address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form
    header hr html li main nav ol p pre section summary table tbody tfoot thead tr ul
"""
BLOCKS = _HEADINGS | frozenset(_BLOCK_NAMES.split())
_SILENT_NAMES = """
    applet audio button canvas embed head iframe input math noscript object script select style svg template
    textarea title video
"""
SILENT = frozenset(_SILENT_NAMES.split())
"""Elements without text to read."""
_DECLARATION = re.compile(r"<\?xml[^>]{0,300}>", re.IGNORECASE)
_UNPARSABLE = re.compile(r"[\x00\ud800-\udfff]")
_BESIDE = re.compile(
    r"(</(?<=[a-zß-öø-ÿа-яґєіїα-ω.,;:!?)»”]</)(span|a|b|strong|em|i)>)(<\2\b[^<>]{0,300}>)"
    r"(?=[A-ZÀ-ÖØ-ÞА-ЯҐЄІЇΑ-Ω0-9«“(])"
)
"""It begins with what is found fast, and looks back from there."""
_SCRIPT_ENDS = {name: re.compile(rf"</{name}[^>]{{0,20}}>", re.IGNORECASE) for name in ("script", "style")}
_LINKED_DATA = "application/ld+json"
_SCRIPT = re.compile(r"<(script|style)\b([^>]{0,500})>", re.IGNORECASE)
_BOLD = frozenset(("b", "strong"))
_CELLS = frozenset(("td", "th"))
_RAISED = "sup"
SHAPING = BLOCKS | _BOLD | _CELLS | {_RAISED, "br"}
"""Elements that shape lines: for all others `LineCollector` need not know where they begin and end."""
_PARTS_BEFORE = 8
"""Parts of a line that certainly hold the word before a superscript."""


def parsed(html: str) -> BeautifulSoup:
    """The tree of a document or a fragment, at most `MOST_CHARACTERS` of it."""
    return html_tree(parsable(html))


def parsable(html: "str | Parted") -> str:
    """The document as the parser gets it: bounded, without scripts, without what breaks parsers.

    Words in elements side by side are parted, as their page's style parts them for a reader's eye.
    """
    markup = _bounded((html if isinstance(html, Parted) else parted(html)).markup)
    markup = markup if is_clean(markup) else _UNPARSABLE.sub("", markup)
    markup = repaired(_DECLARATION.sub("", markup) if "<?" in markup else markup)
    markup = _BESIDE.sub(r"\1 \3", markup) if "><" in markup else markup
    # Without a tag BeautifulSoup warns that it may have been given a file's name.
    return markup if "<" in markup else f"<p>{markup}</p>"


def _bounded(markup: str) -> str:
    """At most `MOST_CHARACTERS` of a document, without the tag that the cut went through."""
    if len(markup) <= MOST_CHARACTERS:
        return markup
    kept = markup[:MOST_CHARACTERS]
    tag = kept.rfind("<", -_LONGEST_TAG)
    return kept[:tag] if tag > kept.rfind(">") else kept


@dataclass(frozen=True, slots=True)
class Parted:
    """A document without its scripts and styles, often nine tenths of it, and the linked data in them."""

    markup: str
    linked_data: tuple[str, ...]
    """The texts of its JSON-LD scripts (schema.org), in order."""


def parted(html: str) -> Parted:
    """The document and its linked data, so that neither counts when the length of the other is limited."""
    kept: list[str] = []
    linked: list[str] = []
    place = 0
    while found := _SCRIPT.search(html, place):
        end = _SCRIPT_ENDS[found[1].lower()].search(html, found.end())
        if end is None:
            break
        kept.append(html[place : found.start()])
        if _LINKED_DATA in found[2].lower():
            linked.append(html[found.end() : end.start()])
        place = end.end()
    return Parted("".join([*kept, html[place:]]), tuple(linked))


def selected(root: Tag, selector: str, most: int = 0) -> list[Tag]:
    """The elements that a CSS selector finds, at most `most` (0: all); empty for an invalid selector.

    The configuration reports an invalid selector; a page is read all the same.
    """
    try:
        return list(root.select(selector, limit=most))
    except (SelectorSyntaxError, ValueError, NotImplementedError):
        return []


def markup_lines(root: Tag) -> tuple[Line, ...]:
    """The lines of everything in `root`, in reading order."""
    lines = LineCollector()
    for step, node in _steps(root):
        if not isinstance(node, Tag):
            lines.add(str(node))
        elif step is _Step.IN:
            lines.enter(node.name)
        else:
            lines.leave(node.name)
    lines.end(Kind.PARAGRAPH)
    return tuple(lines.found)


def text_of(tag: Tag) -> str:
    """All text of `tag` on one line, with spaces where a reader sees words end."""
    return " ".join(line.text for line in markup_lines(tag))


class _Step(Enum):
    IN = auto()
    OUT = auto()


def _steps(root: Tag) -> Iterator[tuple[_Step, PageElement]]:
    """Every visible element on entering and on leaving it, and the texts between."""
    waiting: list[tuple[_Step, PageElement]] = [(_Step.IN, root)]
    while waiting:
        step, node = waiting.pop()
        if isinstance(node, Tag):
            if step is _Step.IN:
                if node.name in SILENT or (node is not root and is_hidden(node)):
                    continue
                waiting.append((_Step.OUT, node))
                waiting.extend((_Step.IN, child) for child in reversed(node.contents))
            yield step, node
        elif type(node) in (NavigableString, CData):
            yield step, node


def is_hidden(tag: Tag) -> bool:
    """Whether the page itself hides an element."""
    style = tag.get("style")
    return tag.has_attr("hidden") or is_hidden_style(str(style) if style else None)


def is_hidden_style(style: str | None) -> bool:
    """Whether the declarations of a `style` attribute hide their element."""
    return style is not None and "display:none" in style.replace(" ", "").lower()


class LineCollector:
    """Collects lines from elements and texts in reading order."""

    def __init__(self) -> None:
        self.found: list[Line] = []
        self._parts: list[str] = []
        self._bold_depth = 0
        self._heading_depth = 0
        self._all_bold = True
        self._raised_from: int | None = None
        """Within `<sup>`, the index of its first part."""
        self._raised: str | None = None
        """The last superscript, until the text after it is known."""

    def add(self, text: str) -> None:
        """A text within the line."""
        if self._raised is not None:
            self._settle_raised(text)
        elif not self._parts and self._raised_from is None and text.isspace():
            return
        self._parts.append(text)
        if not self._bold_depth and text and not text.isspace():
            self._all_bold = False

    def enter(self, name: str) -> None:
        """An element begins, which may end the line before it."""
        if name not in SHAPING:
            return
        if name == "br":
            self.end(Kind.SOFT)
        elif name in _CELLS and ("".join(self._parts).strip() or self._raised):
            self._settle_raised("")
            self._parts.append(" | ")
        elif name in BLOCKS:
            self.end(Kind.PARAGRAPH)
        self._bold_depth += name in _BOLD
        self._heading_depth += name in _HEADINGS
        if name == _RAISED:
            self._settle_raised("")
            self._raised_from = len(self._parts)

    def leave(self, name: str) -> None:
        """An element ends, and with it perhaps the line."""
        if name not in SHAPING:
            return
        if name in BLOCKS:
            self.end(Kind.PARAGRAPH)
        self._bold_depth -= name in _BOLD
        self._heading_depth -= name in _HEADINGS
        if name == _RAISED and self._raised_from is not None:
            self._raised = "".join(self._parts[self._raised_from :])
            del self._parts[self._raised_from :]
            self._raised_from = None

    def _settle_raised(self, after: str) -> None:
        """Adds the last superscript: only the text after it shows what it is."""
        if self._raised is not None:
            before = "".join(self._parts[-_PARTS_BEFORE:])
            self._parts.append(spaced(before, self._raised, after))
            self._raised = None

    def end(self, kind: Kind) -> None:
        """Ends the line; a break after nothing ends the paragraph before it."""
        if self._raised is not None:
            self._settle_raised("")
        self._raised_from = None
        text = one_line("".join(self._parts)).removesuffix(" |") if self._parts else ""
        if text:
            self.found.append(Line(text, Kind.HEADING if self._heading_depth else kind, self._all_bold))
        elif self.found and self.found[-1].kind is Kind.SOFT:
            last = self.found[-1]
            self.found[-1] = Line(last.text, Kind.PARAGRAPH, last.bold)
        self._parts.clear()
        self._all_bold = True
