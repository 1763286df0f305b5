"""A query → the condition that every article fulfils which it matches.

It is the same idea as the engine's necessary clauses: words of the query as terms, joined as the query joins
them; what must be absent, and how words stand to each other, is left out.
"""

import re
from typing import assert_never

from watchdesk.archive.required_words import required_words
from watchdesk.archive.terms import fact_text
from watchdesk.model.conditions import (
    FACT,
    TITLE,
    AnyOf,
    Condition,
    Sought,
    Wanted,
    all_of,
    any_of,
)
from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import COMPARED_WHOLE, How, Node, Part, Words, wanted
from watchdesk.rules.rule import Rule
from watchdesk.rules.text.folding import plain, wildcard_forms


def condition_of(query: Node) -> Condition | None:
    """What every article fulfils that the query matches; None where the query has no usable term."""
    return _condition(query, "")


def condition_of_rule(rule: Rule) -> Condition | None:
    """The same for a rule: its query, its languages and the sources that it reads."""
    return all_of([condition_of(rule.query.node), _languages(rule), _sources(rule)])


def _condition(node: Node, mark: str) -> Condition | None:  # noqa: PLR0911  one answer a kind of node
    """`mark`: `TITLE` within `title:`."""
    match node:
        case Words():
            return all_of(_sought(part, mark) for part in node.parts)
        case syntax.Listed():
            return any_of(_condition(entry, mark) for entry in node.entries)
        case syntax.Pattern():
            return required_words(node.expression)
        case syntax.Fact():
            return _fact(node)
        case syntax.And():
            return all_of(_condition(child, mark) for child in node.children)
        case syntax.Or():
            return any_of(_condition(child, mark) for child in node.children)
        case syntax.Not():
            return None
        case syntax.Within():
            return _condition(node.child, TITLE if node.field == "title" else mark)
        case syntax.AtLeast() if node.count < 1:
            return None
        case syntax.TextOperator():
            return all_of(_condition(child, mark) for child in wanted(node))
        case _:
            assert_never(node)


def _sought(part: Part, mark: str) -> Sought:
    match part.how:
        case How.FOLDED:
            return Sought(Wanted.FOLDED, part.text, mark)
        case How.STEM:
            return Sought(Wanted.STEM, part.text, mark)
        case How.EXACT:
            return Sought(Wanted.EXACT, wildcard_forms(part.text)[0], mark)
        case How.WILDCARD:
            return Sought(Wanted.WILDCARD, part.text, mark)
        case _:
            assert_never(part.how)


def _fact(fact: syntax.Fact) -> Condition | None:
    if fact.field not in COMPARED_WHOLE:
        return None
    text = fact_text(fact.field, fact.value)
    if "*" not in text:
        return Sought(Wanted.EXACT, text, FACT)
    return Sought(Wanted.WILDCARD, re.escape(text).replace(r"\*", ".*"), FACT)


def _languages(rule: Rule) -> Condition | None:
    if not rule.languages:
        return None
    unsure = Sought(Wanted.EXACT, "lang:", FACT)
    read: list[Condition] = [unsure]
    for language in sorted(rule.languages):
        text = f"lang:{plain(language)}"
        read += [Sought(Wanted.EXACT, text, FACT), Sought(Wanted.WILDCARD, rf"{re.escape(text)}\-.*", FACT)]
    return AnyOf(tuple(read))


def _sources(rule: Rule) -> Condition | None:
    if not rule.only:
        return None
    named = [
        fact_text("tag", name.removeprefix("tag:")) if name.startswith("tag:") else fact_text("source", name)
        for name in sorted(rule.only)
    ]
    return any_of(Sought(Wanted.EXACT, text, FACT) for text in named)
