"""What differs between two versions of a text, word by word, as a reader would mark it. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_MOST_WORDS = 4_000
"""Of a part that differs, beyond which its words are not compared one by one: that takes too long."""


@dataclass(frozen=True, slots=True)
class Change:
    """Words in the place of others; one of the two may be empty."""

    before: str
    after: str
    left: str
    """A few words that stand before it in both."""
    right: str
    """A few words that follow it in both."""


def changes(before: str, after: str, around: int = 4) -> Sequence[Change]:
    """In the order of the text. `around`: how many words of context each has on both sides."""
    old, new = before.split(), after.split()
    found: list[Change] = []
    for old_start, old_end, new_start, new_end in _joined(_differing(before, after)):
        if old[old_start:old_end] == new[new_start:new_end]:
            continue  # only their paragraphs differ
        found.append(
            Change(
                " ".join(old[old_start:old_end]),
                " ".join(new[new_start:new_end]),
                " ".join(old[max(0, old_start - around) : old_start]),
                " ".join(old[old_end : old_end + around]),
            )
        )
    return found


_Place = tuple[int, int, int, int]
"""Words of the one and of the other text: where they begin and end."""


def _differing(before: str, after: str) -> Iterator[_Place]:
    """First by paragraphs, and by words only within those that differ: long texts are compared fast."""
    old, new = before.split("\n"), after.split("\n")
    old_words, new_words = [line.split() for line in old], [line.split() for line in new]
    lines = SequenceMatcher(None, old, new, autojunk=False)
    for kind, i1, i2, j1, j2 in lines.get_opcodes():
        if kind == "equal":
            continue
        one = [word for words in old_words[i1:i2] for word in words]
        other = [word for words in new_words[j1:j2] for word in words]
        at, there = sum(map(len, old_words[:i1])), sum(map(len, new_words[:j1]))
        if len(one) + len(other) > _MOST_WORDS:
            yield at, at + len(one), there, there + len(other)
            continue
        for inner, a1, a2, b1, b2 in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
            if inner != "equal":
                yield at + a1, at + a2, there + b1, there + b2


def _joined(places: Iterator[_Place]) -> Iterator[_Place]:
    """Those with a single word between them are one: people read them so."""
    last: _Place | None = None
    for place in places:
        if last is not None and place[0] - last[1] == place[2] - last[3] <= 1:
            last = last[0], place[1], last[2], place[3]
            continue
        if last is not None:
            yield last
        last = place
    if last is not None:
        yield last
