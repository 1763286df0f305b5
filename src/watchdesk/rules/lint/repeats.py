"""Words that a query could do without: an OR has what finds as much already, an AND what asks as much."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from watchdesk.config.places import Severity
from watchdesk.rules.lint.comparison import Comparison
from watchdesk.rules.lint.covers import covers
from watchdesk.rules.lint.groups import Group
from watchdesk.rules.lint.inside import EXACT, slack
from watchdesk.rules.lint.siblings import Siblings
from watchdesk.rules.mistakes import Mistake
from watchdesk.rules.syntax import How, Listed, Node, Or, Weighted, Words, walk
from watchdesk.rules.whynot import written

Covers = Callable[[Node, Node], bool]


@dataclass(frozen=True, slots=True)
class _Branch:
    """A part of an OR, or an entry of a list that is one."""

    node: Node
    owner: int
    """Which part of the OR it is, or is of."""
    of_list: str | None = None

    def before(self, other: "_Branch") -> bool:
        """Whether of two that find the same this one stays: lists are made to be shared."""
        return (self.of_list is None, self.owner) < (other.of_list is None, other.owner)


def repeats(group: Group, query: str, comparison: Comparison) -> Iterator[Mistake]:
    """A warning for each part of the group that could be left out."""
    if isinstance(group.node, Or):
        yield from _of_or(group, query, comparison)
    else:
        yield from _of_and(group, query, comparison)


def covered_terms(terms: Sequence[Words], comparison: Comparison) -> Iterator[tuple[Words, Words]]:
    """Entries of a list, each with another entry that finds the same words: of two alike, the later one."""
    branches = [_Branch(words, number) for number, words in enumerate(terms)]
    for number, by in _covered(branches, _same_places(comparison)).items():
        yield terms[number], terms[by]


def _same_places(comparison: Comparison) -> Covers:
    return lambda wide, narrow: slack(wide, narrow, comparison) == EXACT


def _of_or(group: Group, query: str, comparison: Comparison) -> Iterator[Mistake]:
    branches = list(_branches(group.members))
    finds: Covers = lambda wide, narrow: covers(wide, narrow, comparison)  # noqa: E731
    found = _covered(branches, _same_places(comparison) if group.measured else finds)
    for owner, node in enumerate(group.members):
        own = [number for number, branch in enumerate(branches) if branch.owner == owner]
        if all(number in found for number in own) and not _is_weighted(node):
            yield _adds_nothing(node, branches[found[own[0]]], query)


def _branches(members: Sequence[Node]) -> Iterator[_Branch]:
    for owner, node in enumerate(members):
        if isinstance(node, Listed):
            yield from (_Branch(entry, owner, node.name) for entry in node.entries)
        else:
            yield _Branch(node, owner)


def _covered(branches: Sequence[_Branch], by: Covers) -> dict[int, int]:
    """Number of a branch that could be left out → number of one that finds as much."""
    siblings = Siblings([branch.node for branch in branches])
    found: dict[int, int] = {}
    for number, branch in enumerate(branches):
        for other in siblings.covering(number):
            one = branches[other]
            if branch.owner == one.owner or not by(one.node, branch.node):
                continue
            if one.before(branch) or not by(branch.node, one.node):
                found[number] = other
                break
    return found


def _of_and(group: Group, query: str, comparison: Comparison) -> Iterator[Mistake]:
    siblings = Siblings(group.members)
    told: set[int] = set()
    for narrow, node in enumerate(group.members):
        for wide in siblings.covering(narrow):
            other = group.members[wide]
            if wide in told or narrow in told or _is_weighted(other) or not covers(other, node, comparison):
                continue
            if wide > narrow or not covers(node, other, comparison):
                told.add(wide)
                yield _asks_nothing(other, node, query)


def _is_weighted(node: Node) -> bool:
    """Whether its author gave it a weight: then it is there for the score."""
    return any(isinstance(part, Weighted) for part, _ in walk(node))


def _adds_nothing(node: Node, by: _Branch, query: str) -> Mistake:
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
