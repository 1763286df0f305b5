"""Lines of an article on their way to sections: what is a heading, what ends a paragraph.

HTML, extracted trees and plain text all become `Line`s first, so that one rule serves them all.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import zip_longest

from watchdesk.model import Section


class Kind(Enum):
    """What a line is. A SOFT line ends at a single line break, and may go on in the next."""

    HEADING = auto()
    PARAGRAPH = auto()
    SOFT = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; `bold` when all of it is."""

    text: str
    kind: Kind = Kind.PARAGRAPH
    bold: bool = False


_SENTENCE_END = (".", "!", "?", "…", "。", ":", ";", '."', ".”", "!”", "?”", ".»", ".)", ".’", ".“", "”", "»")
_LONGEST_HEADING = 120
_HEADING_WORDS = 16


def settled(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Headings and whole paragraphs only: soft lines joined or ended, lone bold lines made headings."""
    joined: list[Line] = []
    texts: list[str] = []
    """Of the last of `joined`, which is put together when the next begins."""
    for line in lines:
        before = joined[-1] if joined else None
        if before and _goes_on(before, line):
            texts.append(line.text)
            joined[-1] = Line(line.text, line.kind, before.bold and line.bold)
            continue
        _put_together(joined, texts)
        joined.append(line)
        texts = [line.text]
    _put_together(joined, texts)
    return tuple(
        Line(line.text, Kind.HEADING if _is_heading(line, following) else Kind.PARAGRAPH)
        for line, following in zip_longest(joined, joined[1:])
    )


def _put_together(joined: list[Line], texts: list[str]) -> None:
    if len(texts) > 1:
        joined[-1] = replace(joined[-1], text=" ".join(texts))


def sections(lines: Iterable[Line]) -> tuple[Section, ...]:
    """Sections in reading order; a heading with nothing under it is kept, for its words."""
    found: list[tuple[str | None, list[str]]] = []
    for line in lines:
        if line.kind is Kind.HEADING:
            found.append((line.text, []))
        elif not found:
            found.append((None, [line.text]))
        else:
            found[-1][1].append(line.text)
    return tuple(Section(heading, tuple(paragraphs)) for heading, paragraphs in found)


def text_length(lines: Iterable[Line]) -> int:
    """Characters of running text, headings not counted."""
    return sum(len(line.text) for line in lines if line.kind is not Kind.HEADING)


def looks_like_heading(text: str) -> bool:
    """Whether a line that stands alone is short enough for a heading and ends like none of its sentences."""
    return (
        len(text) <= _LONGEST_HEADING
        and len(text.split()) <= _HEADING_WORDS
        and not text.endswith((*_SENTENCE_END, ","))
        and any(letter.isalpha() for letter in text)
    )


def _goes_on(before: Line, line: Line) -> bool:
    if Kind.HEADING in (before.kind, line.kind):
        return False
    if before.text.endswith(",") and line.text[0].islower():
        return True
    if before.kind is not Kind.SOFT:
        return False
    return before.bold == line.bold and not before.text.endswith(_SENTENCE_END)


def _is_heading(line: Line, following: Line | None) -> bool:
    """Bold alone makes a heading only where a text follows that is not bold."""
    if line.kind is Kind.HEADING:
        return True
    before_text = following is not None and not following.bold
    return line.bold and before_text and looks_like_heading(line.text.rstrip(":"))
