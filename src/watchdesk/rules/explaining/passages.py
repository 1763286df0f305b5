"""The passage of an article that satisfied a NEAR or a SAME, quoted."""

from collections.abc import Sequence
from typing import assert_never

from watchdesk.rules.language import syntax
from watchdesk.rules.matching.evaluate import Outcome
from watchdesk.rules.matching.occurrences import Occurrence
from watchdesk.rules.matching.reading import Reading

_LONGEST = 100
"""Characters; of a longer passage only the words that were found are quoted."""

_AROUND = 3
"""Words of the paragraph that are quoted on either side."""


def passage(outcome: Outcome, reading: Reading) -> str | None:
    """The shortest passage, the first of several; None for what did not find one, or asks for no passage."""
    if not outcome.ok:
        return None
    match outcome.node:
        case syntax.Near() | syntax.Same():
            return _quoted(_shortest(outcome.occurrences), reading)
        case syntax.TextOperator() | syntax.BooleanOperator():
            return None
        case syntax.Words() | syntax.Pattern() | syntax.Listed() | syntax.Fact():
            return None
        case _:
            assert_never(outcome.node)


def _shortest(occurrences: Sequence[Occurrence]) -> Occurrence:
    return min(occurrences, key=lambda one: (one.end - one.start, one.start))


def _quoted(found: Occurrence, reading: Reading) -> str:
    block = reading.blocks[reading.block_of(found.start)]
    if found.end <= block.last:
        first, last = max(found.start - _AROUND, block.first), min(found.end + _AROUND, block.last)
        text = reading.text_of(block.field)[reading.word_at(first).start : reading.word_at(last).end]
        if len(text) <= _LONGEST:
            before, after = "…" if first > block.first else "", "…" if last < block.last else ""
            return f"{before}{' '.join(text.split())}{after}"
    return " … ".join(hit.text for hit in sorted(found.hits, key=lambda hit: hit.start))
