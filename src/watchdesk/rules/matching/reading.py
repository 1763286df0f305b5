"""An article as rules read it: its words, with positions, paragraphs and sentences.

Indexes over the words are made when a rule first asks. `evaluate` finds queries in it.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from functools import cached_property, lru_cache
from typing import NamedTuple, assert_never

from watchdesk.model import Article
from watchdesk.rules.language.syntax import How, Leaf, Part, TextField, Words
from watchdesk.rules.matching.limits import Work, blocks
from watchdesk.rules.matching.list_heads import OPENING, Heads, beginning, heads, met
from watchdesk.rules.matching.occurrences import Hit, Range, in_order
from watchdesk.rules.text.folding import keys, stem, stems_only_on_request, wildcard_forms
from watchdesk.rules.text.sentences import sentence_begins
from watchdesk.rules.text.words import read_words

PARAGRAPH_GAP = 50
"""Unused positions between paragraphs, so that NEAR rarely joins words of two."""


class Block(NamedTuple):
    """A title, heading or paragraph."""

    kind: str
    field: str
    start: int
    """Index of its first character in the field's text."""
    text: str
    first: int
    """Position of its first word."""
    last: int
    """Position of its last word; before `first` when it has none."""


class Word(NamedTuple):
    """A word of the article."""

    surface: str
    position: int
    start: int
    end: int


class Reading:
    """An article's words and their positions; made once for all rules."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.language = article.language.partition("-")[0].lower() if article.language else None
        self.positions: list[int] = []
        """Position of each word, in rising order."""
        self.starts: list[int] = []
        """Of each word, the index of its first character in its field's text."""
        self.ends: list[int] = []
        """Of each word, the index after its last character."""
        self._surfaces: list[str] = []
        self._sentences: list[int] = []
        """The position of the first word of each sentence."""
        self.blocks: list[Block] = []
        self.sentences_of_body: list[int] = []
        """The position of the first word of each sentence of the body."""
        self.work = Work()
        """The work that the current rule has left. Each rule starts afresh."""
        position = offset = 0
        for kind, text in blocks(article):
            if kind == "title":
                position = self._read(kind, "title", 0, text, position)
            else:
                position = self._read(kind, "body", offset, text, position)
                offset += len(text) + 2
        self._phrases: dict[tuple[Part, ...], Sequence[Range]] = {}
        self._lists: dict[int, tuple[tuple[Words, ...], Sequence[Range]]] = {}

    def _read(self, kind: str, field: str, offset: int, text: str, position: int) -> int:
        """Adds a block at `position`. Returns the position after it."""
        surfaces, starts, ends = read_words(text)
        end = position + len(surfaces)
        begins = [position + place for place in sentence_begins(text, surfaces, starts, ends)]
        self.positions += range(position, end)
        self.starts += [offset + start for start in starts] if offset else starts
        self.ends += [offset + end for end in ends] if offset else ends
        self._surfaces += surfaces
        self._sentences += begins
        self.blocks.append(Block(kind, field, offset, text, position, end - 1))
        if field == "body":
            self.sentences_of_body += begins
        return end + PARAGRAPH_GAP

    @cached_property
    def _folded(self) -> Mapping[str, Sequence[int]]:
        return self._indexed(lambda surface: keys(surface, self.language))

    @cached_property
    def _exact(self) -> Mapping[str, Sequence[int]]:
        index: defaultdict[str, list[int]] = defaultdict(list)
        for surface, position in zip(self._surfaces, self.positions, strict=True):
            index[surface].append(position)
        return index

    @cached_property
    def _stemmed(self) -> Mapping[str, Sequence[int]]:
        return self._indexed(lambda surface: (stem(surface, self.language),))

    @cached_property
    def _plain(self) -> Mapping[str, Sequence[int]]:
        return self._indexed(wildcard_forms)

    def _indexed(self, keys_of: Callable[[str], Sequence[str]]) -> Mapping[str, Sequence[int]]:
        """By key of a word form, its positions, in no order: most keys are of one form, and never asked."""
        index: dict[str, Sequence[int]] = {}
        for surface, positions in self._exact.items():
            for key in keys_of(surface):
                known = index.get(key)
                index[key] = positions if known is None else (*known, *positions)
        return index

    @cached_property
    def _openings(self) -> Set[str]:
        return {word[:length] for word in self._plain for length in range(OPENING + 1)}

    @cached_property
    def _vocabulary(self) -> str:
        """One word a line."""
        return "\n".join(self._plain)

    @property
    def whole(self) -> "Reading":
        """Itself."""
        return self

    def phrase(self, parts: tuple[Part, ...]) -> Sequence[Range]:
        """Where the words of a term are found in their order; computed once an article."""
        known = self._phrases.get(parts)
        if known is None:
            places: list[tuple[Sequence[int], int]] = []
            for part in parts:
                found = self._of(part)
                if not found:  # most terms fail at their first word: the others need no looking up
                    known = self._phrases[parts] = ()
                    return known
                places.append((found, part.offset))
            known = self._phrases[parts] = in_order(places)
        return known

    def listed(self, entries: tuple[Words, ...]) -> Sequence[Range]:
        """Where the entries of a list are found, in order, no place twice; computed once an article."""
        known = self._lists.get(id(entries))
        if known is None:
            # The entries are kept with it: else others could take their place in memory, and their id.
            known = self._lists[id(entries)] = (entries, self._listed(heads(entries, self.language)))
        return known[1]

    def _listed(self, heads: Heads) -> Sequence[Range]:
        terms = met(heads.folded, self._folded.keys()) | met(heads.exact, self._exact.keys())
        if heads.stemmed:
            terms |= met(heads.stemmed, self._stemmed.keys())
        if heads.wild:
            terms |= met(heads.wild, self._openings)
        return sorted({found for term in terms for found in self.phrase(term)})

    def _of(self, part: Part) -> Sequence[int]:
        """Positions of the words that match a part of a term."""
        match part.how:
            case How.STEM if stems_only_on_request(self.language):
                return sorted(self._stemmed.get(stem(part.text, self.language), ()))
            case How.FOLDED | How.STEM:
                found = [self._folded.get(key, ()) for key in keys(part.text, self.language)]
                return sorted(found[0] if len(found) == 1 else {place for group in found for place in group})
            case How.EXACT:
                return self._exact.get(part.text, ())
            case How.WILDCARD:
                fitting = _fitting(part.text, self._vocabulary)
                return sorted({place for word in fitting for place in self._plain[word]})
            case _:
                assert_never(part.how)

    def hit(self, leaf: Leaf, found: Range) -> Hit:
        """A leaf found at a range, with its characters."""
        first, last = self.word_at(found[0]), self.word_at(found[1])
        field = self.field_of(found[0])
        return Hit(*found, field, first.start, last.end, self.text_of(field)[first.start : last.end], leaf)

    def sentence_of(self, position: int) -> int:
        """The number of the sentence at a position."""
        return bisect_right(self._sentences, self._at_or_after(position)) - 1

    def block_of(self, position: int) -> int:
        """The number of the title, heading or paragraph at a position."""
        here = self._at_or_after(position)
        return bisect_left(self.blocks, here, key=lambda block: block.last)

    def _at_or_after(self, position: int) -> int:
        """The position of the word there, or of the next one."""
        return self.positions[bisect_left(self.positions, position)]

    def word_at(self, position: int) -> Word:
        """The word at a position that has one."""
        place = bisect_left(self.positions, position)
        return Word(self._surfaces[place], position, self.starts[place], self.ends[place])

    def text_of(self, field: str) -> str:
        """The title, or the body as `Article.text` gives it."""
        return self.article.title if field == "title" else self._body

    @cached_property
    def _body(self) -> str:
        return self.article.text

    def field_of(self, position: int) -> str:
        """`title` or `body`."""
        return "title" if position <= self.blocks[0].last else "body"

    def ranges(self, field: TextField) -> tuple[Range, ...]:
        """Where a text field is: title, lead, heading or body."""
        match field:
            case "title":
                return ((self.blocks[0].first, self.blocks[0].last),)
            case "body":
                return ((self.blocks[0].last + 1, self.blocks[-1].last),)
            case "lead":
                return self._lead
            case "heading":
                return tuple((b.first, b.last) for b in self.blocks if b.kind == "heading")
            case _:
                assert_never(field)

    @cached_property
    def _lead(self) -> tuple[Range, ...]:
        return tuple([(b.first, b.last) for b in self.blocks if b.kind == "paragraph"][:1])

    def words_of_body(self, chosen: slice) -> tuple[Range, ...]:
        """Where the chosen words of the body are, such as the first ten: `slice(10)`."""
        body = self.positions[bisect_right(self.positions, self.blocks[0].last) :][chosen]
        return ((body[0], body[-1]),) if body else ()


def _fitting(expression: str, vocabulary: str) -> Sequence[str]:
    """The words of a vocabulary that a wildcard matches. Most are ruled out by the letters it begins with."""
    letters = beginning(expression)
    if f"\n{letters}" not in vocabulary and not vocabulary.startswith(letters):
        return ()
    return _on_a_line(expression).findall(vocabulary)


@lru_cache(maxsize=5_000)
def _on_a_line(expression: str) -> re.Pattern[str]:
    return re.compile(rf"(?m)^{expression}$")
