"""A parsed query: of a rule, or of a search in the archive.

`language` parses it; `matching` finds what it asks for.
"""

from collections.abc import Mapping, Sequence
from itertools import islice

from watchdesk.config.places import ASKED_QUERY, Place, Problems, Severity
from watchdesk.model import Article, Match, Span
from watchdesk.rules.language.mistakes import Mistake
from watchdesk.rules.language.parse import parse
from watchdesk.rules.language.syntax import Node, Words
from watchdesk.rules.matching.evaluate import Outcome, evaluate, holds
from watchdesk.rules.matching.limits import MOST_SPANS
from watchdesk.rules.matching.reading import Reading
from watchdesk.rules.matching.score import hits_of, score_of
from watchdesk.rules.matching.snippet import snippet, title_marks

_NO_LISTS: Mapping[str, Sequence[Words]] = {}

_LONG = 1_000
"""Characters; a longer query always keeps its tree."""


class Query:
    """A query. Equal to every query that means the same."""

    __slots__ = ("_lists", "_tree", "text")

    def __init__(self, text: str, node: Node, lists: Mapping[str, Sequence[Words]] | None = None) -> None:
        """`lists`: those that the text may name. None when `node` cannot be parsed from the text."""
        self.text = text
        self._tree: Node | None = node
        self._lists = lists

    @classmethod
    def parse(cls, text: str, lists: Mapping[str, Sequence[Words]] = _NO_LISTS) -> "Query":
        """Parses a query. Raises `ConfigurationError` with every mistake, placed at `query:LINE:COLUMN`."""
        problems = Problems()
        parsed = parse(text, lists)
        for mistake in parsed.mistakes:
            if mistake.severity is Severity.ERROR:
                problems.error(_place(text, mistake), mistake.message, mistake.hint)
        problems.raise_if_errors()
        assert parsed.node is not None
        return cls(text, parsed.node, lists)

    @property
    def lists(self) -> Mapping[str, Sequence[Words]]:
        """Those that its text may name."""
        return self._lists or _NO_LISTS

    @property
    def node(self) -> Node:
        """The tree."""
        tree = self._tree
        if tree is None:
            assert self._lists is not None
            tree = parse(self.text, self._lists).node
            assert tree is not None  # it was parsed before
        return tree

    def settle(self) -> None:
        """Drops the tree, which is parsed again when it is needed: this saves a kilobyte and costs 20 µs.

        A long query keeps its tree: such queries are few, and parsing one takes long.
        """
        if self._lists is not None and len(self.text) <= _LONG:
            self._tree = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Query) and self.node == other.node

    def __hash__(self) -> int:
        return hash(self.node)

    def __repr__(self) -> str:
        return f"Query({self.text!r})"

    def find(self, reading: Reading) -> Outcome:
        """What each part of the query finds in an article."""
        return evaluate(self.node, reading)

    def holds(self, reading: Reading) -> bool:
        """Whether the article matches; cheaper than `find`."""
        return holds(self.node, reading)

    def matches(self, article: Article) -> bool:
        """Whether a single article matches."""
        return self.holds(Reading(article))

    def match(self, article: Article) -> Match | None:
        """The match, with an empty rule id; None when the article does not match."""
        reading = Reading(article)
        return make_match("", self.find(reading), reading) if self.holds(reading) else None


def make_match(rule_id: str, outcome: Outcome, reading: Reading) -> Match:
    """The match that an outcome amounts to."""
    hits = hits_of(outcome)
    spans = dict.fromkeys(Span(hit.field, hit.left, hit.right, hit.leaf.written) for hit in hits)
    return Match(
        rule_id,
        score_of(outcome, reading),
        tuple(islice(spans, MOST_SPANS)),
        snippet(hits, reading),
        title_marks(hits),
    )


def _place(text: str, mistake: Mistake) -> Place:
    line = text.count("\n", 0, mistake.offset)
    start = text.rfind("\n", 0, mistake.offset) + 1
    return Place(ASKED_QUERY, line + 1, mistake.offset - start + 1, text.split("\n")[line])
