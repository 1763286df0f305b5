"""Which alternative of an OR group, or entry of a list, is the only one of it that found a match.

Reads the stored spans, so that no rule is matched again. The span of a list does not name the entry; the
words that it covers tell which one it was.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from watchdesk.model import Article, Span
from watchdesk.rules import Query
from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import Node

_LONGEST = 60
"""Characters of a branch's name; a longer one is cut."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One alternative of a group: a term, or a branch of several."""

    name: str
    terms: frozenset[str]
    """The terms whose spans belong to it."""
    entries: Query | None = None
    """For a list: a query for any of its entries. Each entry is an alternative of its own."""


@dataclass(frozen=True)
class Group:
    """Alternatives, any of which satisfies a query."""

    by_term: Mapping[str, tuple[Choice, ...]]
    """The term of a span → the alternatives it may belong to."""
    _known: dict[tuple[str, str | None], str | None] = field(default_factory=dict, compare=False)
    """Words of an article and their language → the list entry they match."""

    def only_one(self, article: Article, spans: Sequence[Span]) -> str | None:
        """The alternative that all spans of the group belong to; None when there are several, or none."""
        found: set[str | None] = set()
        for span in spans:
            for choice in self.by_term.get(span.term, ()):
                entries = choice.entries
                found.add(choice.name if entries is None else self._entry(entries, span, article))
                if len(found) > 1:
                    return None
        # None when the article was corrected and no longer has the words that were found.
        return found.pop() if found else None

    def _entry(self, entries: Query, span: Span, article: Article) -> str | None:
        text = article.title if span.field == "title" else article.text
        words, language = text[span.start : span.end], article.language
        if (words, language) not in self._known:
            match = entries.match(Article.from_text(text=words, language=language))
            names = sorted(found.term for found in match.spans) if match else [None]
            self._known[words, language] = names[0]
        return self._known[words, language]


def groups(query: Query) -> tuple[Group, ...]:
    """Every OR group, and every list outside such a group, in the parts of the query that must be found."""
    found = []
    for node in _bringing(query.node):
        choices = [_choice(branch, query.text) for branch in _branches(node)]
        if len(choices) > 1 or any(choice.entries for choice in choices):
            found.append(Group(_by_term(choices)))
    return tuple(found)


def _bringing(node: Node, *, chosen: bool = False) -> Iterator[Node]:
    """OR groups and lists, the outer before the inner. `chosen`: the node is itself an alternative."""
    match node:
        case syntax.Not():
            return
        case syntax.ApartOperator():
            yield from _bringing(node.left)
        case syntax.Or() | syntax.Listed():
            if not chosen:
                yield node
            for branch in syntax.children(node):
                yield from _bringing(branch, chosen=True)
        case syntax.Weighted():
            yield from _bringing(node.child, chosen=chosen)
        case syntax.And() | syntax.MeasuringOperator() | syntax.StretchOperator():
            for child in syntax.children(node):
                yield from _bringing(child)
        case syntax.Words() | syntax.Pattern() | syntax.Fact():
            return
        case _:
            assert_never(node)


def _branches(node: Node) -> Iterator[Node]:
    """The alternatives, with an OR within an OR flattened."""
    match node:
        case syntax.Or():
            for child in node.children:
                yield from _branches(child)
        case syntax.Weighted():
            yield from _branches(node.child)
        case syntax.Not():
            return
        case syntax.And() | syntax.MeasuringOperator() | syntax.StretchOperator():
            yield node
        case syntax.Words() | syntax.Pattern() | syntax.Listed() | syntax.Fact():
            yield node
        case _:
            assert_never(node)


def _choice(node: Node, text: str) -> Choice:
    match node:
        case syntax.Listed():
            entries = Query(node.written, syntax.Or(node.entries, node.at))
            return Choice(node.written, frozenset({node.written}), entries)
        case syntax.Words() | syntax.Pattern() | syntax.Fact():
            return Choice(node.written, frozenset({node.written}))
        case syntax.BooleanOperator() | syntax.TextOperator():
            name = " ".join(text[node.at[0] : node.at[1]].split())
            shown = name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…"
            return Choice(shown, frozenset(_terms(node)))
        case _:
            assert_never(node)


def _terms(node: Node) -> Iterator[str]:
    match node:
        case syntax.Not():
            return
        case syntax.ApartOperator():
            yield from _terms(node.left)
        case syntax.Words() | syntax.Pattern() | syntax.Fact() | syntax.Listed():
            yield node.written
        case syntax.BooleanOperator() | syntax.TextOperator():
            for child in syntax.children(node):
                yield from _terms(child)
        case _:
            assert_never(node)


def _by_term(choices: Sequence[Choice]) -> dict[str, tuple[Choice, ...]]:
    """Term → choices. A choice is under the terms that no other choice has, or else under all its own."""
    shared = {term for term, count in Counter(t for c in choices for t in c.terms).items() if count > 1}
    by_term: dict[str, tuple[Choice, ...]] = {}
    for choice in choices:
        for term in (choice.terms - shared) or choice.terms:
            by_term[term] = (*by_term.get(term, ()), choice)
    return by_term
