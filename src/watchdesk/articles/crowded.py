"""Runs of very many inline elements, which trafilatura reads in the square of their number.

It takes the inline tags out and leaves as many texts side by side; lxml then looks for the element of each
from its place backwards. Here such a run becomes one element with one text before trafilatura sees it.
"""

from dataclasses import dataclass, field

from lxml import etree

from watchdesk.articles.elements import SKIPPED, Element, is_hidden
from watchdesk.articles.markup import BLOCKS

MOST_INLINE = 500
"""Inline elements in a line without a break; lines made by people have far fewer."""
_MOST_LINKED = 0.5
"""Share of a run's characters in links; one with more is a list of links and becomes one link."""
_BREAKS = BLOCKS | {"br", "caption", "head", "td", "th"}
_TAKEN_OUT = "taken-out"
"""The name that elements get that go, so that one pass takes them all out."""
_COUNT = etree.XPath("count(.//*)")


def without_crowds(page: Element) -> Element:
    """The same page, in which each run of more than `MOST_INLINE` inline elements is one; its text stays."""
    if _COUNT(page) <= MOST_INLINE:
        return page
    crowds = _crowds(page)
    for crowd in crowds:
        crowd.merge()
    if crowds:
        etree.strip_tags(page, _TAKEN_OUT)
    return page


@dataclass(slots=True)
class _Run:
    """Inline elements and their texts, from one break to the next."""

    elements: list[Element] = field(default_factory=list)
    silent: list[Element] = field(default_factory=list)
    """Those of them whose content no reader sees."""
    after: list[Element] = field(default_factory=list)
    """Elements whose tails belong to the run."""
    texts: list[str] = field(default_factory=list)
    """In reading order."""
    linked: int = 0
    """Characters of them that are links."""

    def merge(self) -> None:
        """Puts all text into one new element where the first stood; all others are marked to be taken out."""
        for element in self.silent:
            del element[:]
        for element in self.elements:
            element.text = None
            element.tag = _TAKEN_OUT
        for element in self.after:
            element.tail = None
        text = "".join(self.texts)
        whole = self.elements[0].makeelement("a" if self.linked > _MOST_LINKED * len(text) else "span")
        whole.text = text
        self.elements[0].insert(0, whole)


def _crowds(page: Element) -> list[_Run]:
    found: list[_Run] = []
    run = _Run()
    links = 0
    walk = etree.iterwalk(page, events=("start", "end"))
    for event, element in walk:
        starts = event == "start"
        if element.tag in _BREAKS:
            if len(run.elements) > MOST_INLINE:
                found.append(run)
            run = _Run()
            continue
        if starts:
            run.elements.append(element)
            links += element.tag == "a"
            if element.tag in SKIPPED or is_hidden(element):
                run.silent.append(element)
                walk.skip_subtree()
                continue
            text = element.text
        else:
            links -= element.tag == "a"
            if not run.elements:
                continue
            text = element.tail
            run.after.append(element)
        if text:
            run.texts.append(text)
            run.linked += len(text) * (links > 0)
    return found
