"""The spellings of one English word: plural, British, irregular.

Folding loses them. This module generates likely spellings and keeps those that fold to the word.
"""

from collections.abc import Iterator
from functools import lru_cache

from watchdesk.rules.text.folding import keys, plain

_PLURALS = tuple(
    (ending.partition("=")[0], ending.partition("=")[2])
    for ending in """
    =s =es =zes =x =e =en =ren y=ies f=ves fe=ves us=i um=a on=a is=es ex=ices ix=ices man=men
    """.split()  # noqa: SIM905  a table of endings reads best as words
)
"""The ending of a singular, and that of its plural."""

_BRITISH = tuple(
    (letters.partition("=")[0], letters.partition("=")[2])
    for letters in """
    =l =u =e =a =o =ue =t =s =me =i =te =h =p =le =ugh =g
    er=re l= z=s a=e i=e s=c k=c f=ugh w=ugh ed=t i=y riz=uris iz=lis e= euve=oeuv jai=gao c=s o=e ct=x
    ir=ero cu=ke led=t euver=oeuvre e=a e=o o= i=a s=e ck=que ck=qu y=i c=k c=qu dle=la a=y d=t cz=ts
    f=ph oo=ee ouse=ice
    """.split()  # noqa: SIM905  a table of letters reads best as words
)
"""Letters of an American spelling, and those of the British one, or of a plural, in their place."""


@lru_cache(maxsize=20_000)
def english_forms(word: str) -> frozenset[str]:
    """Every word that an English text may have for `word` of a query, with case and accents folded."""
    (key,) = keys(word, "en")
    singulars = {key, *(other for other in _respelled(key) if keys(other, "en") == (key,))}
    plurals = {other for one in singulars for other in _plurals(one) if keys(other, "en") == (key,)}
    return frozenset({plain(word), f"{key}s", *singulars, *plurals})


def _respelled(word: str) -> Iterator[str]:
    """The word with letters of the table replaced, at one place at a time."""
    for american, british in _BRITISH:
        at = word.find(american)
        while 0 <= at <= len(word):
            yield word[:at] + british + word[at + len(american) :]
            at = word.find(american, at + 1) if american or at < len(word) else -1


def _plurals(word: str) -> Iterator[str]:
    for singular, plural in _PLURALS:
        if word.endswith(singular):
            yield word[: len(word) - len(singular)] + plural
