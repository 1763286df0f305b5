"""An article's title and text in blocks, with the words of rules marked in them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from watchdesk.model import Article
from watchdesk.rules import Explanation
from watchdesk.rules.explaining.explain import ExplainedNode

Marks = Sequence[tuple[int, int]]
"""Stretches of a text, in order and apart."""
Place = tuple[str, int, int]
"""A field, and the first character and the one after the last of its text."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or a paragraph."""

    text: str
    marks: Marks
    is_heading: bool


def title_marks(places: Iterable[Place]) -> Marks:
    """The marks of the title."""
    return apart((start, end) for field, start, end in places if field == "title")


def blocks(article: Article, places: Iterable[Place]) -> Iterator[Block]:
    """The text, block by block."""
    marks, at = apart((start, end) for field, start, end in places if field == "body"), 0
    for section in article.sections:
        parts = [(section.heading, True)] if section.heading else []
        for text, is_heading in [*parts, *((paragraph, False) for paragraph in section.paragraphs)]:
            yield Block(text, _within(marks, at, at + len(text)), is_heading)
            at += len(text) + len("\n\n")


def places_in(explanation: Explanation) -> Iterator[Place]:
    """Where a rule found a part of its query, whether all of it matches or not."""
    yield from _places(explanation.tree)


def _places(node: ExplainedNode) -> Iterator[Place]:
    for found in node.found:
        yield found.field, found.start, found.end
    for child in node.children:
        yield from _places(child)


def apart(stretches: Iterable[tuple[int, int]]) -> Marks:
    """The same characters in stretches of which no two touch."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif start < end:
            found.append((start, end))
    return found


def _within(marks: Marks, begin: int, end: int) -> Marks:
    """The part of the marks that lies in a block, counted from its first character."""
    return [(max(a, begin) - begin, min(b, end) - begin) for a, b in marks if a < end and b > begin]
