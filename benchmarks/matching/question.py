"""A rule as other engines can be asked it: its tree in ironed words, with lists and weights resolved.

What only some of them know (expressions, counts, sentences) is left out or marked; each engine says which
questions it takes, and is compared on those alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from matching.comparable import ironed_word
from watchdesk.rules import Rule
from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import How, Node


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or words next to each other; `prefix`: the last one is the beginning of a word."""

    words: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Expression:
    """A regular expression on the text, case folded."""

    regex: str


@dataclass(frozen=True, slots=True)
class Near:
    """A term of one side, at most `distance` words away from a term of the other, in either order."""

    left: tuple[Term, ...]
    right: tuple[Term, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class All:
    """Every one of them."""

    parts: tuple["Question", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of them."""

    parts: tuple["Question", ...]


@dataclass(frozen=True, slots=True)
class No:
    """Not this."""

    part: "Question"


@dataclass(frozen=True, slots=True)
class InTitle:
    """This, in the title."""

    part: "Question"


Question = Term | Expression | Near | All | Any | No | InTitle


class NotAskableError(Exception):
    """A part of a rule that no other engine here knows."""


def question_of(rule: Rule) -> Question | None:
    """What the rule asks; None when it asks what no other engine here knows."""
    try:
        asked = _question(rule.query.node)
        return All((asked, No(_question(rule.exclude.node)))) if rule.exclude else asked
    except NotAskableError:
        return None


def parts(question: Question) -> Iterator[Question]:
    """The question and everything below it."""
    yield question
    match question:
        case All() | Any():
            below: tuple[Question, ...] = question.parts
        case No() | InTitle():
            below = (question.part,)
        case Near():
            below = (*question.left, *question.right)
        case _:
            below = ()
    for part in below:
        yield from parts(part)


def has_free_negation(question: Question) -> bool:
    """Whether a NOT stands elsewhere than beside something wanted."""
    match question:
        case All():
            wanted = [part for part in question.parts if not isinstance(part, No)]
            inner = [part.part if isinstance(part, No) else part for part in question.parts]
            return not wanted or any(map(has_free_negation, inner))
        case Any():
            return any(map(has_free_negation, question.parts))
        case InTitle():
            return has_free_negation(question.part)
        case No():
            return True
        case _:
            return False


def _question(node: Node) -> Question:  # noqa: PLR0911  one answer a kind of node
    match node:
        case syntax.Words():
            return _term(node)
        case syntax.Listed():
            return Any(tuple(map(_term, node.entries)))
        case syntax.Pattern():
            return Expression(node.expression)
        case syntax.And():
            return All(tuple(map(_question, node.children)))
        case syntax.Or():
            return Any(tuple(map(_question, node.children)))
        case syntax.Not():
            return No(_question(node.child))
        case syntax.Weighted():
            return _question(node.child)
        case syntax.Within(field="title"):
            return InTitle(_question(node.child))
        case syntax.Near(ordered=False):
            return _near(node)
        case _:
            raise NotAskableError


def _near(node: syntax.Near) -> Near:
    """Whether a word is near itself is told in as many ways as there are engines, so it is not asked."""
    left, right = _side(node.left), _side(node.right)
    words = [{word for term in side for word in term.words} for side in (left, right)]
    if words[0] & words[1]:
        raise NotAskableError
    return Near(left, right, node.distance)


def _side(node: Node) -> tuple[Term, ...]:
    asked = _question(node)
    found = asked.parts if isinstance(asked, Any) else (asked,)
    terms = tuple(part for part in found if isinstance(part, Term))
    if len(terms) < len(found):
        raise NotAskableError
    return terms


def _term(node: syntax.Words) -> Term | Expression:
    hows = [part.how for part in node.parts]
    words = tuple(part.text if part.how is How.WILDCARD else ironed_word(part.text) for part in node.parts)
    if any(part.offset != number for number, part in enumerate(node.parts)):
        raise NotAskableError
    if any(how is How.FOLDED and not word.isalnum() for how, word in zip(hows, words, strict=True)):
        raise NotAskableError  # a percentage, which ironed texts do not have
    if set(hows) == {How.FOLDED}:
        return Term(words)
    if set(hows[:-1]) <= {How.FOLDED} and hows[-1] is How.WILDCARD:
        start = words[-1].removesuffix(".*")
        if start.isalnum():
            return Term((*words[:-1], start), prefix=True)
        if len(words) == 1:
            return Expression(rf"\b{words[0].replace('.', '[a-z0-9]')}\b")
    raise NotAskableError
