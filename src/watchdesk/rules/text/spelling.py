"""British spellings of English words → American ones.

`spelling.txt` has pairs, families and exceptions. For all other folding see `folding`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_FAMILIES = {
    "-our": ("our", "or", ("", "ed", "ing")),
    "-ll": ("l", "", ("ed", "ing")),
    "-ller": ("l", "", ("er",)),
}
"""Head of a line → how the British stem ends, how the American one does, and the suffixes of both."""

_Z_VERB = re.compile(
    r"(?P<stem>\w{3,}is|\w+lys)(?P<ending>e[sdr]?|ers|ing|ingly|able|ably|ations?|ational|ationally)"
)
_SHORTEST_AFTER_PREFIX = 4


@dataclass(frozen=True, slots=True)
class _Spellings:
    """The content of `spelling.txt`."""

    pairs: Mapping[str, str]
    roots: Mapping[str, str]
    root: re.Pattern[str]
    stays: frozenset[str]
    prefix: re.Pattern[str]
    beginnings: frozenset[str]
    """The first two letters of the prefixes, for a cheap check."""


def american(word: str) -> str:
    """The American spelling of a folded word, which may be a plural; the word itself when it has no other."""
    spellings = _spellings()
    found = spellings.pairs.get(word)
    if found is None:
        plural = word[-1:] == "s" and word[:-1] in spellings.pairs
        found = spellings.pairs[word[:-1]] + "s" if plural else word
        if not plural and word[:2] in spellings.beginnings:
            found = _after_prefix(word, spellings)
    if "ae" in found or "oe" in found or "ulph" in found:
        found = spellings.root.sub(lambda british: spellings.roots[british[0]], found)
    return _with_z(found, spellings) if "is" in found or "lys" in found else found


def _after_prefix(word: str, spellings: _Spellings) -> str:
    """The word with the part after its prefix in American spelling: discolour → discolor."""
    prefixed = spellings.prefix.match(word)
    if prefixed is None:
        return word
    rest = word[prefixed.end() :]
    if rest in spellings.pairs:
        return prefixed[0] + spellings.pairs[rest]
    if rest[-1] == "s" and rest[:-1] in spellings.pairs:
        return prefixed[0] + spellings.pairs[rest[:-1]] + "s"
    return word


def _with_z(word: str, spellings: _Spellings) -> str:
    """organise → organize, analysed → analyzed. By rule, because the news coins such verbs every day."""
    verb = _Z_VERB.fullmatch(word)
    if verb is None:
        return word
    stem = verb["stem"]
    prefixed = spellings.prefix.match(word)
    if stem in spellings.stays or (prefixed and stem[prefixed.end() :] in spellings.stays):
        return word
    return stem[:-1] + "z" + verb["ending"]


@cache
def _spellings() -> _Spellings:
    text = (files(__package__) / "spelling.txt").read_text(encoding="utf-8")
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    said = {words[0]: tuple(words[1:]) for words in lines}
    roots = dict(root.split("=") for root in said["-root"])
    prefixes = "|".join(sorted(said["-prefix"], key=len, reverse=True))
    return _Spellings(
        pairs=dict(pair for words in lines for pair in _pairs(words)),
        roots=roots,
        root=re.compile("|".join(roots)),
        stays=frozenset(said["-stays"]),
        prefix=re.compile(rf"(?:{prefixes})(?=\w{{{_SHORTEST_AFTER_PREFIX}}})"),
        beginnings=frozenset(prefix[:2] for prefix in said["-prefix"]),
    )


def _pairs(words: list[str]) -> Iterator[tuple[str, str]]:
    """The pairs of a line."""
    if not words[0].startswith("-"):
        yield words[0], words[1]
    elif words[0] in _FAMILIES:
        british, as_american, endings = _FAMILIES[words[0]]
        for stem in words[1:]:
            for ending in endings:
                yield stem + british + ending, stem + as_american + ending
