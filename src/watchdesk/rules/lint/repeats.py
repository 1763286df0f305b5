"""Words that a query can do without: another part of the OR finds as much, or of the AND asks as much."""

from collections.abc import Iterator, Sequence

from watchdesk.config.places import Severity
from watchdesk.rules.language.mistakes import Mistake
from watchdesk.rules.language.syntax import How, Listed, Node, Or, Weighted, Words, walk
from watchdesk.rules.language.wording import written
from watchdesk.rules.lint.comparison import Comparison
from watchdesk.rules.lint.covers import covers
from watchdesk.rules.lint.groups import Group
from watchdesk.rules.lint.inside import EXACT, slack
from watchdesk.rules.lint.unneeded import Branch, Stands, branches, unneeded_in_and, unneeded_in_or


def repeats(group: Group, query: str, comparison: Comparison) -> Iterator[Mistake]:
    """A warning for each part that can be left out, except those with a weight, which serve the score."""
    unweighted = [number for number, member in enumerate(group.members) if not _is_weighted(member)]
    if isinstance(group.node, Or):
        yield from _of_or(group, unweighted, query, comparison)
    else:
        yield from _of_and(group, unweighted, query, comparison)


def covered_entries(
    terms: Sequence[Words], own: int, comparison: Comparison
) -> Iterator[tuple[Words, Words]]:
    """Those of the last `own` entries that can go, each with another that finds the same words."""
    parts = [Branch(words, number) for number, words in enumerate(terms)]
    candidates = range(len(terms) - 1, len(terms) - 1 - own, -1)
    for number, by in unneeded_in_or(parts, candidates, _at_same_words(comparison), comparison.offered):
        yield terms[number], terms[by.owner]


def _at_same_words(comparison: Comparison) -> Stands:
    return lambda wide, narrow: slack(wide, narrow, comparison) == EXACT


def _in_same_articles(comparison: Comparison) -> Stands:
    return lambda wide, narrow: covers(wide, narrow, comparison)


def _of_or(group: Group, candidates: list[int], query: str, comparison: Comparison) -> Iterator[Mistake]:
    members = group.members
    # Of two that find the same the earlier stays, and a list stays: it is there for other rules, too.
    order = sorted(candidates, key=lambda number: (isinstance(members[number], Listed), -number))
    stands = _at_same_words(comparison) if group.measured else _in_same_articles(comparison)
    for number, by in unneeded_in_or(branches(members), order, stands, comparison.offered):
        yield _adds_nothing(members[number], by, query)


def _of_and(group: Group, candidates: list[int], query: str, comparison: Comparison) -> Iterator[Mistake]:
    members = group.members
    stands = _in_same_articles(comparison)
    for wide, narrow in unneeded_in_and(members, reversed(candidates), stands, comparison.offered):
        yield _asks_nothing(members[wide], members[narrow], query)


def _is_weighted(node: Node) -> bool:
    return any(isinstance(part, Weighted) for part, _ in walk(node))


def _adds_nothing(node: Node, by: Branch, query: str) -> Mistake:
    named, other = written(node, query), written(by.node, query)
    if by.of_list is not None and isinstance(by.node, Words):
        other = f"'{by.node.written}' of @{by.of_list}"
    message = f"{named} adds nothing: {other} finds every article that it finds"
    hint = f"leave {named} out, or, to ask for less, {other}"
    if isinstance(node, Listed):
        message = f"{named} adds nothing: the other words find every article that it finds"
        hint = f"leave {named} out"
    elif named == other:
        message, hint = f"{named} stands here twice", "leave one of them out"
    elif _is_same_word(node, by.node):
        message = f"{named} adds nothing: {other} is the same word"
        hint = "singular and plural, case, accents and British spelling are one word; leave one out"
    return Mistake(node.at[0], message, hint, Severity.WARNING)


def _asks_nothing(node: Node, other: Node, query: str) -> Mistake:
    named, said = written(node, query), written(other, query)
    message = f"{named} asks nothing more: every article that has {said} has it"
    if named == said:
        message = f"{named} stands here twice; that is asked once"
    elif _is_same_word(node, other):
        message = f"{named} asks nothing more: {said} is the same word"
    return Mistake(node.at[0], message, f"leave {named} out", Severity.WARNING)


def _is_same_word(node: Node, other: Node) -> bool:
    return all(
        isinstance(one, Words) and len(one.parts) == 1 and one.parts[0].how is How.FOLDED
        for one in (node, other)
    )
