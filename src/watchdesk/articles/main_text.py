"""A page's main text as lines: trafilatura finds it, or the source's own selector does.

trafilatura's plain text loses headings, so its tree is read. Remaining clutter is left to `clutter`.
"""

from bs4 import BeautifulSoup, Tag
from lxml import etree

from watchdesk.articles.lines import Line, settled, text_length
from watchdesk.articles.markup import markup_lines, parsed, selected

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
_HOLDERS = (
    "article, main, [role=main], [itemprop=articleBody], .entry-content, .post-content, .article-body, "
    ".amp-wp-article"
)


def prepare() -> None:
    """Loads trafilatura, so that the first page need not wait for it."""
    import trafilatura  # noqa: F401, PLC0415 - as in `_extracted`


def main_text(page: BeautifulSoup, content: str | None) -> tuple[Line, ...]:
    """The lines of the article: of `content`, a CSS selector; if it finds nothing, of the extracted text."""
    chosen = _selected(page, content) if content else ()
    if chosen:
        return chosen
    html = str(page)
    lines = _extracted(html, fast=True)
    if text_length(lines) >= SHORT:
        return lines
    others = [_extracted(html, fast=False)] if len(html) <= _SLOW_LIMIT else []
    others += [_selected(page, _HOLDERS)]
    best = max(others, key=text_length)
    if text_length(best) > text_length(lines):
        return best
    return lines or (settled(markup_lines(page.body)) if page.body else ())


def _selected(page: BeautifulSoup, selector: str) -> tuple[Line, ...]:
    """The lines of the element with the most text that a selector finds."""
    elements = selected(page, selector, most=20)
    return max((settled(markup_lines(element)) for element in elements), key=text_length, default=())


def _extracted(html: str, *, fast: bool) -> tuple[Line, ...]:
    from trafilatura import bare_extraction  # noqa: PLC0415 - heavy, and only articles' own pages need it

    found = bare_extraction(html, fast=fast, include_comments=False, include_formatting=True)
    tree = getattr(found, "body", None)
    if tree is None:
        return ()
    for element in tree.iter(*_AS_HTML, "hi"):
        element.tag = _AS_HTML.get(element.tag) or _HIGHLIGHTED.get(element.get("rend"), "span")
    written = parsed(etree.tostring(tree, encoding="unicode", method="html"))
    root: Tag = written.body or written
    return settled(markup_lines(root))
