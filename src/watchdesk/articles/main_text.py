"""A page's main text as lines: trafilatura finds it, or the source's own selector does.

trafilatura's plain text loses headings, so its tree is read. `clutter` removes what clutter remains.
"""

from collections.abc import Sequence
from copy import copy

from watchdesk.articles.elements import Element, body_of, classes_of, lines_of
from watchdesk.articles.lines import Line, settled, text_length

SHORT = 250
"""Characters; if the fast extraction finds fewer, it may have missed the text, and slower ways are tried."""
_SLOW_LIMIT = 300_000
"""Characters of a page; on larger ones only the fast extraction is bounded in time."""
_AS_HTML = {
    "head": "h2",
    "list": "ul",
    "item": "li",
    "lb": "br",
    "row": "tr",
    "cell": "td",
    "quote": "blockquote",
}
"""trafilatura's element names → HTML's."""
_HIGHLIGHTED = {"#b": "b", "#sup": "sup"}
_HOLDER_CLASSES = frozenset(("entry-content", "post-content", "article-body", "amp-wp-article"))


def prepare() -> None:
    """Loads trafilatura, so that the first page need not wait for it."""
    import trafilatura  # noqa: F401, PLC0415 - as in `_extracted`


def main_text(page: Element, length: int) -> tuple[Line, ...]:
    """The lines of the article in a page of so many characters."""
    lines = _extracted(page, fast=True)
    if text_length(lines) >= SHORT:
        return lines
    others = [_extracted(page, fast=False)] if length <= _SLOW_LIMIT else []
    others.append(fullest([element for element in page.iter() if _may_hold_text(element)]))
    best = max(others, key=text_length)
    if text_length(best) > text_length(lines):
        return best
    return lines or settled(lines_of(body_of(page)))


def fullest(elements: Sequence[Element]) -> tuple[Line, ...]:
    """The lines of the element with the most text."""
    return max((settled(lines_of(element)) for element in elements), key=text_length, default=())


def _may_hold_text(element: Element) -> bool:
    if element.tag in ("article", "main"):
        return True
    return bool(element.attrib) and (
        element.get("role") == "main"
        or element.get("itemprop") == "articleBody"
        or not _HOLDER_CLASSES.isdisjoint(classes_of(element))
    )


def _extracted(page: Element, *, fast: bool) -> tuple[Line, ...]:
    from trafilatura import bare_extraction  # noqa: PLC0415 - heavy, and only articles' own pages need it

    found = bare_extraction(
        copy(page), fast=fast, include_comments=False, include_formatting=True, output_format="xml"
    )
    tree = getattr(found, "body", None)
    if tree is None:
        return ()
    for element in tree.iter(*_AS_HTML, "hi"):
        element.tag = _AS_HTML.get(element.tag) or _HIGHLIGHTED.get(element.get("rend"), "span")
    return settled(lines_of(tree))
