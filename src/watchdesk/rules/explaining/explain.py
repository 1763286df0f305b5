"""Why a rule matched an article, or did not: the query's tree with what each part found, and the score."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from textwrap import wrap
from typing import assert_never

from watchdesk.rules.explaining.nearest import counted, near_miss
from watchdesk.rules.explaining.passages import passage
from watchdesk.rules.explaining.verdict import Verdict
from watchdesk.rules.language import syntax
from watchdesk.rules.matching.evaluate import Outcome
from watchdesk.rules.matching.limits import LONGEST_ARTICLE, is_cut
from watchdesk.rules.matching.occurrences import Hit
from watchdesk.rules.matching.prominence import IN_LEAD, IN_TITLE
from watchdesk.rules.matching.reading import Reading
from watchdesk.rules.matching.score import Score, ScorePart

_MOST_SHOWN = 6

_HANGING = 4
"""Columns that the rest of a wrapped line is further in."""

_NARROWEST = 40
"""Columns at least for what stands on a line."""

_LONGEST_TERM = 40
"""Characters of a part of the query where its score is told."""

_ANY = "any of"

_MOST_FAILED = 4
"""Alternatives shown of those that found nothing."""


@dataclass(frozen=True, slots=True)
class Found:
    """Words of the article that a part of the query stands on."""

    field: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class ExplainedNode:
    """A part of the query, and what became of it."""

    query: str
    ok: bool
    occurrences: int
    found: tuple[Found, ...] = ()
    """Of words, phrases, lists and facts."""
    note: str | None = None
    """What came closest."""
    children: tuple["ExplainedNode", ...] = ()
    passage: str | None = None
    """For a NEAR or SAME that is found: the shortest stretch of the article that it is found in."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule's whole answer for one article."""

    rule_id: str
    matched: bool
    because: str | None
    """Why it did not match; None when it did."""
    tree: ExplainedNode
    exclude: ExplainedNode | None
    score: Score
    at_least: float
    counts: bool
    """Whether all but the score is as the rule asks, so that the score decides."""
    seen_in_part: tuple[str, ...] = ()
    """What could not be looked at in full; empty for any ordinary article."""

    def render(self, width: int | None = None) -> str:
        """Lines for a terminal; `width`: of so many columns, where they are to be wrapped."""
        verdict = "matches" if self.matched else f"does not match: {self.because}"
        lines = [f"{self.rule_id} {verdict}", "", *_lines(self.tree, 0, self.because)]
        if self.exclude and self.exclude.ok:
            lines += ["", "✗ exclude (must find nothing)", *_lines(self.exclude, 1, self.because)]
        elif self.exclude:
            lines += ["", "✓ exclude (must find nothing)  found nothing"]
        if self.counts:
            lines += ["", *self._score_lines()]
        lines += [f"note: {part}" for part in self.seen_in_part]
        if width is not None:
            lines = [part for line in lines for part in _wrapped(line, width)]
        return "\n".join(lines)

    def as_document(self) -> dict[str, object]:
        """The same as plain values, for JSON."""
        return {
            "matched": self.matched,
            "because": self.because,
            "tree": asdict(self.tree),
            "exclude": asdict(self.exclude) if self.exclude else None,
            "score": asdict(self.score),
            "at_least": self.at_least,
            "seen_in_part": list(self.seen_in_part),
        }

    def _score_lines(self) -> Iterator[str]:
        asked = f", at least {self.at_least:g} is asked for" if self.at_least else ""
        yield f"score {self.score.total:.2f}{asked}"
        for part in self.score.parts:
            yield f"  {_short(part.term)}: {_sum(part)}"
        if len(self.score.parts) > 1:
            powers = " × ".join(f"{part.value:.2f}^{part.share:.2f}" for part in self.score.parts)
            yield f"  {powers} = {self.score.total:.2f}"


def _wrapped(line: str, width: int) -> Sequence[str]:
    """The line in several, the later ones further in."""
    indent = len(line) - len(line.lstrip())
    columns, hanging = max(width, indent + _NARROWEST), " " * (indent + _HANGING)
    return wrap(line, columns, subsequent_indent=hanging, break_on_hyphens=False) or [""]


def _sum(part: ScorePart) -> str:
    """How the value of a part came about."""
    if not part.of_sentences:
        return f"{part.value:.2f}, as the article is its title alone"
    terms = [f"{IN_TITLE:g} (title)"] if part.best == "title" else []
    terms += [f"{IN_LEAD:g} (lead)"] if part.in_lead else []
    if part.sentences:
        density = part.value - IN_TITLE * (part.best == "title") - IN_LEAD * part.in_lead
        terms.append(f"{density:.2f} ({part.sentences} of {counted(part.of_sentences, 'sentence')})")
    return f"{' + '.join(terms)} = {part.value:.2f}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TERM else f"{text[:_LONGEST_TERM]}…"


def explain(verdict: Verdict) -> Explanation:
    """The explanation of a verdict."""
    because, rule, reading = verdict.because, verdict.rule, verdict.reading
    exclude = None
    if verdict.excluded and rule.exclude:
        exclude = _explained(verdict.excluded, rule.exclude.text, reading)
    return Explanation(
        rule.id,
        because is None,
        because,
        _explained(verdict.outcome, rule.query.text, reading),
        exclude,
        verdict.score,
        rule.at_least,
        verdict.all_but_score is None,
        tuple(_seen_in_part(reading)),
    )


def _seen_in_part(reading: Reading) -> Iterator[str]:
    if is_cut(reading.article):
        yield f"the article is long: only the first {LONGEST_ARTICLE:,} characters were read"
    if reading.work.cut_short:
        yield "the rule asks for more work than one article is given: only a part was looked at"


def _explained(outcome: Outcome, query: str, reading: Reading) -> ExplainedNode:
    if isinstance(outcome.node, syntax.Weighted):
        below = _explained(outcome.children[0], query, reading)
        return replace(below, query=below.query + syntax.sign(outcome.node))
    children = tuple(_explained(child, query, reading) for child in outcome.children)
    hits = [] if children else [hit for occurrence in outcome.occurrences for hit in occurrence.hits]
    return ExplainedNode(
        _label(outcome.node),
        outcome.ok,
        len(outcome.occurrences),
        tuple(_found(hit) for hit in hits),
        near_miss(outcome, query, reading),
        children,
        passage(outcome, reading),
    )


def _found(hit: Hit) -> Found:
    return Found(hit.field, hit.left, hit.right, hit.text)


def _label(node: syntax.Node) -> str:
    match node:
        case syntax.And():
            return "all of"
        case syntax.Or():
            return _ANY
        case syntax.Not():
            return "none of"
        case syntax.TextOperator():
            return syntax.sign(node)
        case syntax.Words() | syntax.Pattern() | syntax.Listed() | syntax.Fact():
            return node.written
        case _:
            assert_never(node)


def _lines(node: ExplainedNode, depth: int, *said: str | None) -> Iterator[str]:
    """A line a node. A note or passage that was `said` above is not repeated."""
    mark = "✓" if node.ok else "✗"
    spellings = list(dict.fromkeys(f"'{found.text}'" for found in node.found))[:_MOST_SHOWN]
    words = ", ".join(spellings)
    left_out = len(node.found) - len(spellings)
    more = f" and {left_out} more" if len(node.found) > _MOST_SHOWN else ""
    what = f"  {words}{more}" if words else ""
    quote = f'  "{node.passage}"' if node.passage and node.passage not in said else ""
    note = f"  ({'as above' if node.note in said else node.note})" if node.note else ""
    yield f"{'  ' * depth}{mark} {node.query}{what}{quote}{note}"
    absent = [child for child in node.children if _found_nothing(child)] if node.query == _ANY else []
    hidden = {id(child) for child in absent[_MOST_FAILED:]} if len(absent) > _MOST_FAILED + 1 else ()
    for child in node.children:
        if id(child) not in hidden:
            yield from _lines(child, depth + 1, *said, node.passage)
    if hidden:
        yield f"{'  ' * (depth + 1)}✗ … and {len(hidden)} more that found nothing"


def _found_nothing(node: ExplainedNode) -> bool:
    return not node.ok and not node.found and all(map(_found_nothing, node.children))
