"""Whether a sentence ends between two words of a paragraph.

A rule of thumb for news: a full stop after a title, an initial or an abbreviated month ends no sentence. The
last full stop of an acronym ends one only before a word that usually begins a sentence.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

_END = re.compile(r"""[.!?…]["'”’»)\]]*\s|[。！？]""")
_MAY_END = re.compile("[.!?…。！？]")
"""Without one of these before or between two words, no sentence ends there."""
_SHORT = frozenset(
    """
    mr mrs ms dr prof gen col lt sgt capt maj adm gov sen rep rev hon st jr sr vs no nos art fig vol
    jan feb mar apr jun jul aug sept sep oct nov dec inc ltd co corp approx dept est bn
    z.b bzw ca nr
    """.split()  # noqa: SIM905  a table of words reads best as words
)
_BEGINS = re.compile(
    r"""(?:The|An?|It|He|She|They|We|You|I|This|That|These|Those|There|Its|His|Their|Our
    |But|And|Or|So|Yet|In|On|At|By|For|From|With|As|If|When|While|After|Before|Since|Under|Until
    |However|Meanwhile|Now|Then|Today|Both|Some|Many|Most|What|Who|Why|How|Last|Next|Earlier|Later)\b""",
    re.VERBOSE,
)
"""Words that often begin an English sentence, and hardly ever continue a name that contains an acronym."""


def sentence_begins(
    text: str, words: Sequence[str], starts: Sequence[int], ends: Sequence[int]
) -> Iterator[int]:
    """The number of the first word of each sentence. `starts` and `ends`: where the words stand."""
    if words:
        yield 0
    last = 0
    for sign in _MAY_END.finditer(text):
        place = bisect_right(starts, sign.start())
        if last < place < len(words) and ends_sentence(
            text, ends[place - 1], starts[place], words[place - 1]
        ):
            yield place
            last = place


def ends_sentence(text: str, after: int, before: int, word: str) -> bool:
    """Whether a sentence ends between the word that ends at `after` and the one that begins at `before`."""
    between = text[after:before]
    if between == " " and text[after - 1] != ".":
        return False  # as between most words
    if not _END.search(between):
        acronym = after > 1 and text[after - 1] == "."
        return acronym and between.isspace() and _BEGINS.match(text, before) is not None
    if "!" in between or "?" in between or "。" in between:
        return True
    begins_small = text[before].islower()
    initial = len(word) == 1 and word.isupper()
    return not (begins_small or initial or word.lower() in _SHORT)
