"""An extraction whose lines are not in the page's order, put into it.

Of a body in pieces trafilatura may take the first piece, find it too short, and take the article around all
pieces after it: the first paragraph then stands above the headline, and what parts the pieces in the text.
"""

from collections.abc import Sequence

from watchdesk.articles.blocks import Block
from watchdesk.articles.blocks import key as key_of
from watchdesk.articles.elements import Element
from watchdesk.articles.lines import Kind, Line
from watchdesk.articles.plain import folded

_NOT_ADVERTISED = ("ul", "ol", "dl", "table", "blockquote", "pre")
"""What is in these is short and no sentence in a report, too."""
_Signature = tuple[str, str | None, str | None]


def in_page_order(lines: Sequence[Line], blocks: Sequence[Block], title: str) -> Sequence[Line]:
    """The lines in the page's order, if they begin with a sentence that others stand before in the page.

    What such a text has between the pieces of its body and is no sentence, such as an advertisement, is left
    out, and so is a headline above them other than `title`, which is removed with the lines above it.
    Only the lines that the text begins with are moved, and only if the place of each is known.
    """
    places = _places(lines, blocks)
    first = places[0] if places else None
    if first is None or not blocks[first].is_sentence(1):
        return lines
    run = next((n for n, place in enumerate(places) if place is None or place < first), None)
    if run is None or places[run] is None:
        return lines
    until = next((n for n in range(run, len(lines)) if (places[n] or 0) > first), len(lines))
    pieces = _pieces(blocks, _signature(blocks[first]))
    ordered = (*range(run, until), *range(run), *range(until, len(lines)))
    return [lines[n] for n in ordered if not _is_foreign(places[n], blocks, pieces, folded(title))]


def _places(lines: Sequence[Line], blocks: Sequence[Block]) -> list[int | None]:
    """The block of each line; none for a line that is no block, or the text of several."""
    once: dict[str, int | None] = {}
    for number, block in enumerate(blocks):
        once[block.key] = None if block.key in once else number
    return [once.get(key_of(line.text)) for line in lines]


def _pieces(blocks: Sequence[Block], signature: _Signature | None) -> Sequence[int]:
    """The blocks in elements of this name: the pieces of the body."""
    if signature is None:
        return ()
    return [number for number, block in enumerate(blocks) if _signature(block) == signature]


def _is_foreign(place: int | None, blocks: Sequence[Block], pieces: Sequence[int], title: str) -> bool:
    """Whether a block is a headline above the body, or between its pieces and neither text nor heading."""
    if place is None:
        return False
    block = blocks[place]
    if not pieces or place < pieces[0]:
        return block.holder.tag == "h1" and folded(block.line.text) != title
    if place > pieces[-1] or block.line.kind is Kind.HEADING or block.is_sentence(1):
        return False
    signature = _signature(block)
    return (
        signature is not None
        and signature != _signature(blocks[pieces[0]])
        and block.holder.tag not in _NOT_ADVERTISED
        and next(block.holder.iterancestors(*_NOT_ADVERTISED), None) is None
    )


def _signature(block: Block) -> _Signature | None:
    """The names of the nearest element around a paragraph, or of a block without one, that has any."""
    own: tuple[Element, ...] = () if block.holder.tag in ("p", "li") else (block.holder,)
    for element in (*own, *block.holder.iterancestors()):
        if element.get("class") or element.get("itemprop"):
            return element.tag, element.get("class"), element.get("itemprop")
    return None
