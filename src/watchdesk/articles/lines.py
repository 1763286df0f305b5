"""Lines of text → sections: which lines are headings, and where paragraphs end.

HTML, extracted trees and plain text all become `Line`s first, so that the same rules serve them all.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import zip_longest

from watchdesk.model import Section


class Kind(Enum):
    """The kind of a line. A SOFT line ends at a single line break, and the next may continue it."""

    HEADING = auto()
    PARAGRAPH = auto()
    SOFT = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; `bold` if all of it is bold."""

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
    """The texts of the last line of `joined`, which are put together when the next line begins."""
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
    """Sections in reading order; a heading without text is kept for its words."""
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
    """Characters of running text, without headings."""
    return sum(len(line.text) for line in lines if line.kind is not Kind.HEADING)


def looks_like_heading(text: str) -> bool:
    """Whether a line that stands alone is short enough for a heading and does not end like a sentence."""
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
    """Whether a line is a heading: a bold line is one only if text follows that is not bold."""
    if line.kind is Kind.HEADING:
        return True
    before_text = following is not None and not following.bold
    return line.bold and before_text and looks_like_heading(line.text.rstrip(":"))
