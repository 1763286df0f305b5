"""Which one word of an OR group or of a list brings a match that no other word of it brings.

Read from stored spans, so that nothing is asked anew. A span of a list does not say which entry found
it: the words that it covers do.
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
"""Characters of a branch's name."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One alternative of a group: a term, or a branch of several."""

    name: str
    terms: frozenset[str]
    """Of `Span.term`: what finds it."""
    entries: Query | None = None
    """For a list: a query for any of its entries, each of which is an alternative of its own."""


@dataclass(frozen=True)
class Group:
    """Alternatives of which a query asks for any."""

    by_term: Mapping[str, tuple[Choice, ...]]
    """What a `Span.term` may stand for."""
    _known: dict[tuple[str, str | None], str | None] = field(default_factory=dict, compare=False)
    """The list entry that words of an article stand for, by words and language."""

    def only_one(self, article: Article, spans: Sequence[Span]) -> str | None:
        """The alternative that all of the group's spans come from; None for several, or none."""
        found: set[str | None] = set()
        for span in spans:
            for choice in self.by_term.get(span.term, ()):
                entries = choice.entries
                found.add(choice.name if entries is None else self._entry(entries, span, article))
                if len(found) > 1:
                    return None
        # May be None: the article was corrected, and what stands there now is not what was found.
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
    """Every OR group, and every list that stands in none, of those parts that bring matches."""
    found = []
    for node in _bringing(query.node):
        choices = [_choice(branch, query.text) for branch in _branches(node)]
        if len(choices) > 1 or any(choice.entries for choice in choices):
            found.append(Group(_by_term(choices)))
    return tuple(found)


def _bringing(node: Node, *, chosen: bool = False) -> Iterator[Node]:
    """OR groups and lists, the outer before the inner; what stands within a group's own choice is its."""
    match node:
        case syntax.Not():
            return
        case syntax.NotNear():
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
    """The alternatives, an OR within an OR laid flat."""
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
        case syntax.NotNear():
            yield from _terms(node.left)
        case syntax.Words() | syntax.Pattern() | syntax.Fact() | syntax.Listed():
            yield node.written
        case syntax.BooleanOperator() | syntax.TextOperator():
            for child in syntax.children(node):
                yield from _terms(child)
        case _:
            assert_never(node)


def _by_term(choices: Sequence[Choice]) -> dict[str, tuple[Choice, ...]]:
    """A branch is told by the terms that no other branch has, where it has such."""
    shared = {term for term, count in Counter(t for c in choices for t in c.terms).items() if count > 1}
    told: dict[str, tuple[Choice, ...]] = {}
    for choice in choices:
        for term in (choice.terms - shared) or choice.terms:
            told[term] = (*told.get(term, ()), choice)
    return told
