"""Where a sentence ends, decided between two words of a paragraph.

A rule of thumb for news: a full stop after a title, an initial or a month's short name ends nothing.
"""

import re

_END = re.compile(r"""[.!?…]["'”’»)\]]*\s|[。！？]""")
_SHORT = frozenset(
    """
    mr mrs ms dr prof gen col lt sgt capt maj adm gov sen rep rev hon st jr sr vs no nos art fig vol
    jan feb mar apr jun jul aug sept sep oct nov dec inc ltd co corp approx dept est bn
    z.b bzw ca nr
    """.split()  # noqa: SIM905  a table of words is read best as words
)


def ends_sentence(text: str, after: int, before: int, word: str) -> bool:
    """Whether a sentence ends between the word that ends at `after` and the one that begins at `before`."""
    between = text[after:before]
    if not _END.search(between):
        return False
    if "!" in between or "?" in between or "。" in between:
        return True
    begins_small = text[before].islower()
    initial = len(word) == 1 and word.isupper()
    return not (begins_small or initial or word.lower() in _SHORT)
