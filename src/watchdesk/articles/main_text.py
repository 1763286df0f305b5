"""A page's main text as lines: trafilatura finds it, or the source's own selector does.

trafilatura's plain text loses headings, so its tree is read. `clutter` removes what clutter remains.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from watchdesk.articles.blocks import Block, blocks_of, densest, key, lines_in, prose_found
from watchdesk.articles.completing import completed
from watchdesk.articles.crowded import without_crowds
from watchdesk.articles.elements import Element, body_of, lines_of, page_tree
from watchdesk.articles.lines import Line, settled, text_length
from watchdesk.articles.reading_order import in_page_order
from watchdesk.articles.teasers import without_teasers

SHORT = 250
"""Characters; if the fast extraction finds fewer, it may have missed the text, and slower ways are tried."""
_TRUSTED = 4000
"""Characters of an extraction that is believed, whatever else the page holds."""
_LEAST_SHARE = 0.4
"""Share of a page's running text that an extraction has, unless it missed most of the article."""
_LONGEST_PARAGRAPH = 600
"""Characters; a longer text without a second paragraph has lost its structure."""
_LEAST_OF_PAGE = 0.2
"""Share of a page's text, links aside, that its densest element holds if it is the article."""
_MOST_OF_PAGE = 0.6
"""As much of it, if it is the article beyond doubt, and no slower way is tried."""
_SHORTEST_BLOCK = 20
_CLEARLY_MORE = 1.3
_FEW_LINES = 12
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


def prepare() -> None:
    """Loads trafilatura and its lists of words, so that the first page need not wait for them."""
    _extracted(page_tree("<p>A page so short that every way of reading it is tried.</p>"), fast=False)


def main_text(
    page: Element, length: int, title: str, description: str
) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The lines of the article in a page of so many characters, and lines that were taken out of them.

    With its standfirst and all its pieces, without teasers. Empty where all that can be found is the whole
    page without its structure.
    """
    blocks = blocks_of(body_of(page))
    page = without_crowds(page)

    def complete(lines: Sequence[Line]) -> Sequence[Line]:
        return completed(in_page_order(lines, blocks, title), blocks, title, description)

    lines = complete(_extracted(page, fast=True))
    if _may_lack_most(lines, blocks):
        lines = complete(_best_of(lines, page, blocks, length))
    return without_teasers(lines, blocks)


def _may_lack_most(lines: Sequence[Line], blocks: Sequence[Block]) -> bool:
    """Whether an extraction is short, flat, or short and without most of the page's running text."""
    length = text_length(lines)
    if length < SHORT or _is_flat(lines, blocks):
        return True
    return length < _TRUSTED and prose_found(lines, blocks) < _LEAST_SHARE


def _is_flat(lines: Sequence[Line], blocks: Sequence[Block]) -> bool:
    """Whether a text lost its structure: all in one line, often with the menus before and after it."""
    if len(lines) != 1:
        return False
    text = key(lines[0].text)
    holders = {block.holder for block in blocks if len(block.key) >= _SHORTEST_BLOCK and block.key in text}
    return len(text) > _LONGEST_PARAGRAPH or len(holders) > 1


def _best_of(lines: Sequence[Line], page: Element, blocks: Sequence[Block], length: int) -> Sequence[Line]:
    """The fast extraction, trafilatura's default, or the densest element of the page."""
    unlinked = sum(len(block.line.text) for block in blocks if not block.is_linked)
    dense = lines_in(densest(blocks))
    best: Sequence[Line] = () if _is_flat(lines, blocks) else lines
    if not best and text_length(dense) > _MOST_OF_PAGE * unlinked:
        return dense
    if length <= _SLOW_LIMIT and _CLEARLY_MORE * text_length(best) < unlinked:
        other = _extracted(page, fast=False)
        if not _is_flat(other, blocks) and text_length(other) > _CLEARLY_MORE * text_length(best):
            best = other
    if text_length(best) < SHORT and text_length(dense) > max(text_length(best), _LEAST_OF_PAGE * unlinked):
        return dense
    return best or _whole(blocks)


def _whole(blocks: Sequence[Block]) -> tuple[Line, ...]:
    """All lines of a page that is too small to have menus around its text."""
    lines = lines_in(blocks)
    return lines if text_length(lines) < SHORT and len(lines) <= _FEW_LINES else ()


def fullest(elements: Sequence[Element]) -> tuple[Line, ...]:
    """The lines of the element with the most text."""
    return max((settled(lines_of(element)) for element in elements), key=text_length, default=())


@cache
def _options(*, fast: bool) -> Any:
    """What trafilatura is asked for; to make it takes longer than to copy a page."""
    from trafilatura.settings import Extractor  # noqa: PLC0415 - as in `_extracted`

    return Extractor(fast=fast, comments=False, formatting=True, output_format="xml")


def _extracted(page: Element, *, fast: bool) -> tuple[Line, ...]:
    from trafilatura import bare_extraction  # noqa: PLC0415 - heavy, and only articles' own pages need it

    found = bare_extraction(page, options=_options(fast=fast))
    tree = getattr(found, "body", None)
    if tree is None:
        return ()
    for element in tree.iter(*_AS_HTML, "hi"):
        element.tag = _AS_HTML.get(element.tag) or _HIGHLIGHTED.get(element.get("rend"), "span")
    return settled(lines_of(tree))
