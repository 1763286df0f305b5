"""How prominently an article has something: in its title, in its lead, in how many of its sentences."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from watchdesk.rules.matching.reading import Reading

IN_TITLE = 0.3
IN_LEAD = 0.2
IN_EVERY_OTHER_SENTENCE = 0.5
"""What each adds to the value; together 1."""

_SATURATED = 0.5
"""The share of the sentences above which more of them add nothing."""

_DENSE = 0.25
"""The share of the sentences from which on a text is dense with something, ..."""

DENSE_FROM = 2
"""... and the number of sentences that it takes at least."""


class Prominence(NamedTuple):
    """Where something stands in an article."""

    in_title: bool
    in_lead: bool
    sentences: int
    """Sentences of the body that have it; headings are sentences."""
    of_sentences: int
    """Sentences of the body."""

    @property
    def value(self) -> float:
        """0 for what is nowhere, to 1 for what is in the title, in the lead and in half of the sentences.

        An article that is all title has it there or nowhere.
        """
        if not self.of_sentences:
            return float(self.in_title)
        density = min(self.sentences / (_SATURATED * self.of_sentences), 1.0)
        return IN_TITLE * self.in_title + IN_LEAD * self.in_lead + IN_EVERY_OTHER_SENTENCE * density

    @property
    def is_dense(self) -> bool:
        """Whether much of the body has it."""
        return self.sentences >= max(_DENSE * self.of_sentences, DENSE_FROM)


def prominence(found: Iterable[int], reading: Reading) -> Prominence:
    """Of what begins at these positions."""
    starts = set(found)
    title = reading.blocks[0].last
    in_body = [start for start in starts if start > title]
    sentences = reading.sentences_of_body
    having = {bisect_right(sentences, start) for start in in_body}
    lead = reading.ranges("lead")
    in_lead = any(first <= start <= last for first, last in lead for start in in_body)
    return Prominence(len(in_body) < len(starts), in_lead, len(having), len(sentences))
