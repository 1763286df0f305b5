"""What an extraction left out of an article: its standfirst, and further pieces of its body.

Nothing is added that does not stand in the same article element, beside what was found there.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from watchdesk.articles.blocks import Block, key
from watchdesk.articles.clutter_lines import is_clutter
from watchdesk.articles.elements import Element
from watchdesk.articles.lines import Kind, Line
from watchdesk.articles.plain import folded

_STANDFIRST = re.compile(
    r"(?:^|[\s_-])(?:standfirst|dek|deck|intro|introduction|lead|lede|lead[_-]?text|teaser|teaser[_-]?text|summary|"
    r"sub(?:title|head|headline|line)|abstract|excerpt|hook|chapo|chapeau|accroche|vorspann|unterzeile|"
    r"ingress|manchet|perex|zajawka|lid|bajada|copete|entradilla|sumario|sommario|occhiello|catenaccio|"
    r"description|anons)(?:[\s_-]|$)",
    re.IGNORECASE,
)
"""Names that publishers give to the block between headline and body."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_TEXT = re.compile(
    r"caption|credit|byline|author|\bmeta\b|copyright|photo|image|gallery|related|tags?\b|share|social|"
    r"newsletter|subscri|comment|breadcrumb|advert|promo|sidebar|paywall|audio|video|player|rating|cookie|"
    r"consent|legende|\bnav|menu|footer|widget|hidden",
    re.IGNORECASE,
)
_ASIDE = frozenset(("figure", "figcaption", "aside", "nav", "footer", "form", "table", "address"))
_FRAMES = ("article", "main", "body", "html")
"""Their classes say what the whole article is about."""
_SCOPES = ("article", "main")
_LISTS = frozenset(("ul", "ol", "dl", "table"))
_IN_LISTS = frozenset(("li", "dt", "dd", "tr", "p", "td", "th", "div"))
_MOST_LINKED = 0.5
_SHORTEST_KEY = 12
_LEVELS = 5
"""How far around a list without names text is looked for."""
_SHORTEST = 40
"""Characters of a standfirst."""
_SHORTEST_PIECE = 120
"""Characters of running text in a further piece of a body."""
_ANCHOR = 25
"""Characters without spaces of a block that is found again by its text."""
_MOST_BETWEEN = 25
"""Blocks between headline and body."""
_TOP = 8
"""Lines among which the headline is, if it was found with the text."""
_MOST_BLOCKS = 4000
_LONGEST = 200_000
"""Characters of a text that is completed; longer ones are no articles that lack anything."""


def completed(lines: Sequence[Line], blocks: Sequence[Block], title: str, description: str) -> list[Line]:
    """The lines with what is missing of the article, each where the page has it."""
    page = _Page(blocks, lines, folded(title), folded(description))
    if not page.anchors or len(page.text) > _LONGEST or len(blocks) > _MOST_BLOCKS:
        return list(lines)
    return [line for _, line in sorted(page.whole(), key=_place)]


def _place(placed: tuple[float, Line]) -> float:
    return placed[0]


class _Page:
    def __init__(self, blocks: Sequence[Block], lines: Sequence[Line], title: str, description: str) -> None:
        self.blocks = blocks
        self.lines = lines
        self.title = title
        self.description = description
        self.starts: list[int] = []
        """Where in `text` each line begins."""
        self.text = ""
        for line in lines:
            self.starts.append(len(self.text))
            self.text += key(line.text)
        self.anchors = [
            number
            for number, block in enumerate(blocks)
            if len(block.key) >= _ANCHOR and block.key in self.text
        ]

    def whole(self) -> Iterator[tuple[float, Line]]:
        """All lines, each with its place."""
        yield from self.standfirst()
        yield from self.own_lines()
        yield from self.pieces()
        yield from self.lists()

    def own_lines(self) -> Iterator[tuple[float, Line]]:
        return zip(map(float, range(len(self.lines))), self.lines, strict=True)

    def standfirst(self) -> Iterator[tuple[float, Line]]:
        """The blocks between headline and body that belong to the text."""
        first = next(
            (n for n in self.anchors if self.blocks[n].line.kind is not Kind.HEADING), self.anchors[0]
        )
        scope = _scope(self.blocks[first])
        headline = self._headline(first)
        start = max(0, first - _MOST_BETWEEN) if headline is None else headline + 1
        above = next((n for n, line in enumerate(self.lines[:_TOP]) if folded(line.text) == self.title), -1)
        for number in range(start, first):
            block = self.blocks[number]
            if block.key in self.text or not self._may_be_standfirst(
                block, scope, below_headline=headline is not None
            ):
                continue
            yield above + number / len(self.blocks), Line(block.line.text)

    def _headline(self, first: int) -> int | None:
        """The last block before the body that is the page's headline."""
        for number in range(first - 1, max(-1, first - _MOST_BETWEEN), -1):
            block = self.blocks[number]
            if block.holder.tag == "h1" or (self.title and folded(block.line.text) == self.title):
                return number
        return None

    def _may_be_standfirst(self, block: Block, scope: Element, *, below_headline: bool) -> bool:
        text = block.line.text
        if len(text) < _SHORTEST or block.is_linked or is_clutter(text) or not stands_in_text(block):
            return False
        said = folded(text)
        if self.title and (said == self.title or self.title.startswith(said)):
            return False
        if self.description and (
            said.startswith(self.description[:100]) or self.description.startswith(said[:200])
        ):
            return True
        if not below_headline:
            return False
        if _is_named_standfirst(block):
            return True
        return block.is_prose and _scope(block) is scope

    def pieces(self) -> Iterator[tuple[float, Line]]:
        """The text of further elements of the class that holds the text found, none of which was found."""
        scope = _scope(self.blocks[self.anchors[0]])
        own = {_signature(container) for container in self._containers()} if scope is not None else set()
        if not own:
            return
        missed: dict[Element, list[int]] = {}
        for number in range(self.anchors[0], len(self.blocks)):
            container = _container(self.blocks[number])
            if container is not None and _signature(container) in own:
                missed.setdefault(container, []).append(number)
        found = set(self.anchors)
        for numbers in missed.values():
            blocks = [self.blocks[number] for number in numbers]
            if (
                found.isdisjoint(numbers)
                and _running_length(blocks) >= _SHORTEST_PIECE
                and _scope(blocks[0]) is scope
            ):
                for number in numbers:
                    if self._is_missing(self.blocks[number]):
                        yield self._place_of(number), self.blocks[number].line

    def lists(self) -> Iterator[tuple[float, Line]]:
        """The lines of lists and tables that stand beside the text found, and none of which was found."""
        missed = self._missed_lists()
        if not missed:
            return
        beside = {e for n in self.anchors for e in self._around(self.blocks[n].holder)}
        for listed, numbers in missed.items():
            blocks = [self.blocks[number] for number in numbers]
            if (
                beside.isdisjoint(self._around(listed))
                or sum(block.linked for block in blocks)
                > _MOST_LINKED * sum(len(b.line.text) for b in blocks)
                or any(block.key in self.text for block in blocks if len(block.key) >= _SHORTEST_KEY)
            ):
                continue
            for number in (*self._heading_of(listed, numbers[0]), *numbers):
                yield self._place_of(number), self.blocks[number].line

    def _missed_lists(self) -> dict[Element, list[int]]:
        """Lists and tables with a line that was not found and is no link; the places of all their lines."""
        listed = [_list_of(block) if block.holder.tag in _IN_LISTS else None for block in self.blocks]
        missing = {
            one
            for one, block in zip(listed, self.blocks, strict=True)
            if one is not None and not block.is_linked and block.key not in self.text
        }
        found: dict[Element, list[int]] = {one: [] for one in listed if one in missing}
        for number, one in enumerate(listed if missing else ()):
            if one in missing:
                found[one].append(number)
        return found

    def _heading_of(self, listed: Element, first: int) -> Sequence[int]:
        """The heading right before a list, if it is not among the lines found."""
        before = self.blocks[first - 1] if first else None
        if before is None or before.line.kind is not Kind.HEADING or before.holder.tag == "h1":
            return ()
        is_new = before.holder.getparent() is listed.getparent() and before.key not in self.text
        return (first - 1,) if is_new else ()

    def _around(self, element: Element) -> Iterator[Element]:
        """The element around a paragraph, list or table; for one without a name, what is around that too."""
        for around in islice(element.iterancestors(), _LEVELS):
            if around.tag in _ASIDE - {"table"} or (
                around.tag not in _FRAMES and _NOT_TEXT.search(_names(around))
            ):
                return
            yield around
            if around.get("class") or around.get("id") or around.tag in _FRAMES:
                return

    def _is_missing(self, block: Block) -> bool:
        return not block.is_linked and block.key not in self.text and stands_in_text(block)

    def _place_of(self, number: int) -> float:
        """After the line of the last block found before; before all lines if there is none."""
        before = max((anchor for anchor in self.anchors if anchor < number), default=None)
        if before is None:
            return -1 + number / len(self.blocks)
        return self._line_of(self.blocks[before]) + (number + 1) / (len(self.blocks) + 1)

    def _containers(self) -> Iterator[Element]:
        for number in self.anchors:
            container = _container(self.blocks[number])
            if container is not None and self.blocks[number].is_prose:
                yield container

    def _line_of(self, block: Block) -> int:
        return bisect_right(self.starts, self.text.find(block.key)) - 1


def _running_length(blocks: Sequence[Block]) -> int:
    """Characters of blocks that are text and no lists of links; 0 where none of them is prose."""
    if not any(block.is_prose for block in blocks):
        return 0
    return sum(len(block.line.text) for block in blocks if not block.is_linked)


def _list_of(block: Block) -> Element | None:
    """The list or table that a block is in; the innermost."""
    return block.holder if block.holder.tag in _LISTS else next(block.holder.iterancestors(*_LISTS), None)


def _scope(block: Block) -> Element | None:
    return next(block.holder.iterancestors(*_SCOPES), None)


def _container(block: Block) -> Element | None:
    """The nearest element around a paragraph that has a class."""
    return next((e for e in block.holder.iterancestors() if e.get("class")), None)


def _signature(element: Element) -> str:
    names = element.get("class")
    return f"{element.tag}.{names}" if names else ""


def stands_in_text(block: Block) -> bool:
    """Whether nothing around a block is named as what stands beside a text: captions, credits, menus."""
    around = [block.holder, *list(block.holder.iterancestors())[:3]]
    return not any(e.tag in _ASIDE or (e.tag not in _FRAMES and _NOT_TEXT.search(_names(e))) for e in around)


def _is_named_standfirst(block: Block) -> bool:
    around = [block.holder, *list(block.holder.iterancestors())[:2]]
    return any(_sounds_like_standfirst(_names(e)) for e in around)


@lru_cache(4096)
def _sounds_like_standfirst(names: str) -> bool:
    return _STANDFIRST.search(_CAMEL.sub("-", names)) is not None


def _names(element: Element) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"
