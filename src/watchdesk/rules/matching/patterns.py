"""What regular expressions find in the folded text of each paragraph.

Spans are mapped back to the characters that were folded.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache

from watchdesk.rules.language.expression_parts import encodable
from watchdesk.rules.language.expressions import compiled
from watchdesk.rules.language.syntax import Pattern
from watchdesk.rules.matching.limits import MOST_HITS
from watchdesk.rules.matching.occurrences import Hit
from watchdesk.rules.matching.reading import Block, Reading
from watchdesk.rules.text.folding import plain


def pattern_hits(pattern: Pattern, reading: Reading) -> list[Hit]:
    """Where the expression is found, paragraph by paragraph."""
    found: list[Hit] = []
    for block in reading.blocks:
        for left, right in _spans(pattern.expression, block):
            hit = _hit(pattern, reading, block, left, right)
            if hit:
                found.append(hit)
            if len(found) >= MOST_HITS:
                reading.work.cut_short = True
                return found
    return found


def _spans(expression: str, block: Block) -> Iterator[tuple[int, int]]:
    folded, origins = _folded(block.text)
    for match in compiled(expression).finditer(folded):
        start, end = match.span()
        if start < end:
            yield origins[start], origins[end - 1] + 1


def _hit(pattern: Pattern, reading: Reading, block: Block, left: int, right: int) -> Hit | None:
    """The hit with the words it touches; one between two words belongs to the next."""
    text = block.text[left:right]
    left, right = left + block.start, right + block.start
    first = bisect_left(reading.positions, block.first)
    last = bisect_left(reading.positions, block.last + 1)
    begin = bisect_right(reading.ends, left, first, last)
    end = bisect_left(reading.starts, right, begin, last)
    touched = reading.positions[begin : max(end, min(begin + 1, last))]
    if not touched:
        return None
    return Hit(touched[0], touched[-1], block.field, left, right, text, pattern)


@lru_cache(maxsize=256)
def _folded(text: str) -> tuple[str, tuple[int, ...] | range]:
    """The folded text, and for each of its characters the index of the original one."""
    if text.isascii():
        return text.lower(), range(len(text))
    kept = encodable(text)
    if _LETTERS.uneven.isdisjoint(kept):
        letters = kept.translate(_LETTERS)
        if _LETTERS.uneven.isdisjoint(kept):
            return letters, range(len(text))
    folded_letters = [_LETTERS[ord(letter)] for letter in kept]
    origins = tuple(number for number, letter in enumerate(folded_letters) for _ in letter)
    return "".join(folded_letters), origins


def folded(text: str) -> str:
    """The folded text that regular expressions search."""
    return _folded(text)[0]


class _FoldedLetters(dict[int, str]):
    """Code point → its folded form; `uneven` letters become none or several."""

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()

    def __missing__(self, point: int) -> str:
        letter = plain(chr(point))
        self[point] = letter
        if len(letter) != 1:
            self.uneven.add(chr(point))
        return letter


_LETTERS = _FoldedLetters()
