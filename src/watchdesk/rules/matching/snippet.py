"""A few words of the article around the best hits, with the hits marked.

Best is the stretch of one paragraph that holds the most different parts of the query.
"""

from collections.abc import Sequence

from watchdesk.model import Snippet
from watchdesk.rules.matching.occurrences import Hit
from watchdesk.rules.matching.reading import Block, Reading

LENGTH = 240
"""Characters, about."""

_MARGIN = 40
"""Characters kept free beside the hits, so that none is at the very edge."""


def snippet(hits: Sequence[Hit], reading: Reading) -> Snippet:
    """The snippet of the body; its beginning, unmarked, for a match by title or data alone."""
    in_body = [hit for hit in hits if hit.field == "body"]
    paragraphs = [block for block in reading.blocks if block.kind == "paragraph"]
    if not in_body:
        return _cut(paragraphs[0], 0, 0, ()) if paragraphs else Snippet("")
    best = max(_stretches(in_body, reading), key=_richness)
    block = reading.blocks[reading.block_of(best[0].start)]
    start, end = best[0].left - block.start, max(hit.right for hit in best) - block.start
    marks = [(hit.left - block.start, hit.right - block.start) for hit in in_body]
    return _cut(block, start, end, merged(marks))


def title_marks(hits: Sequence[Hit]) -> tuple[tuple[int, int], ...]:
    """Where the title has hits; overlapping ones are joined."""
    return merged([(hit.left, hit.right) for hit in hits if hit.field == "title"])


def merged(marks: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Marks in order, overlapping ones joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _stretches(hits: Sequence[Hit], reading: Reading) -> list[list[Hit]]:
    """For each hit: itself and the hits after it that fit into one snippet."""
    blocks = [reading.block_of(hit.start) for hit in hits]
    stretches: list[list[Hit]] = []
    end = 0
    for number, hit in enumerate(hits):
        end = max(end, number)
        while (
            end < len(hits)
            and blocks[end] == blocks[number]
            and hits[end].right - hit.left <= LENGTH - _MARGIN
        ):
            end += 1
        stretches.append(list(hits[number : max(end, number + 1)]))
    return stretches


def _richness(stretch: Sequence[Hit]) -> tuple[int, int, int]:
    return len({hit.leaf.at for hit in stretch}), min(len(stretch), 8), -stretch[0].left


def _cut(block: Block, start: int, end: int, marks: Sequence[tuple[int, int]]) -> Snippet:
    """About `LENGTH` characters of the block around `start` to `end`, cut between words."""
    text = block.text
    spare = max(LENGTH - (end - start), 0)
    left = max(0, min(start - spare // 2, len(text) - LENGTH))
    right = min(len(text), max(left + LENGTH, end))
    left, right = _word_start(text, left, start), _word_end(text, right, end)
    before, after = "…" if left else "", "…" if right < len(text) else ""
    inside = tuple(
        (max(a, left) - left + len(before), min(b, right) - left + len(before))
        for a, b in marks
        if a < right and left < b
    )
    return Snippet(before + text[left:right] + after, inside)


def _word_start(text: str, at: int, limit: int) -> int:
    """The first beginning of a word at or after `at`, at most `limit`."""
    if at == 0 or text[at - 1].isspace():
        return at
    space = text.find(" ", at, limit)
    return space + 1 if space >= 0 else at


def _word_end(text: str, at: int, limit: int) -> int:
    """The last end of a word at or before `at`, at least `limit`."""
    if at >= len(text) or text[at].isspace():
        return at
    space = text.rfind(" ", limit, at)
    return space if space >= 0 else at
