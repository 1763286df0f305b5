"""A source's own CSS selectors: what of its pages is not the article's, and what is its text.

lxml knows no CSS, so these pages are read by BeautifulSoup first.
"""

from watchdesk.articles.clutter_lines import is_clutter
from watchdesk.articles.elements import Element, page_tree
from watchdesk.articles.lines import Line
from watchdesk.articles.main_text import fullest
from watchdesk.articles.markup import parsed, selected
from watchdesk.articles.plain import one_line
from watchdesk.model import Source

_MARK = "data-watchdesk-content"
_MOST = 20
"""Elements that `content` may find; the one with the most text counts."""


def without_removed(page: Element, markup: str, source: Source) -> tuple[Element, tuple[str, ...]]:
    """The page without what the source removes, and the lines in it that are clutter wherever they stand.

    What the source's `content` finds is marked for `chosen_text`. Without selectors it is the page as it was.
    """
    if not source.remove and not source.content:
        return page, ()
    soup = parsed(markup)
    removed: list[str] = []
    for selector in source.remove:
        for tag in selected(soup, selector):
            removed += filter(is_clutter, map(one_line, tag.stripped_strings))
            tag.decompose()
    for tag in selected(soup, source.content, most=_MOST) if source.content else ():
        tag[_MARK] = ""
    return page_tree(str(soup)), tuple(removed)


def chosen_text(page: Element, source: Source) -> tuple[Line, ...]:
    """The lines of what the source's `content` found; empty without one, or where it found nothing."""
    return fullest(page.xpath(f"//*[@{_MARK}]")) if source.content else ()
