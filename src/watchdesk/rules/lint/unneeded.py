"""Which of many sibling parts can be left out, so that the others mean the same."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from watchdesk.rules.language.syntax import Listed, Node
from watchdesk.rules.lint.marks import Offered
from watchdesk.rules.lint.siblings import Siblings

Stands = Callable[[Node, Node], bool]
"""Whether the first makes the second unnecessary."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A part of an OR, or an entry of a list that is one."""

    node: Node
    owner: int
    """Which part of the OR it is, or is of."""
    of_list: str | None = None


def branches(members: Sequence[Node]) -> list[Branch]:
    """The parts of an OR, with each list entry as a part."""
    found: list[Branch] = []
    for owner, node in enumerate(members):
        if isinstance(node, Listed):
            found += [Branch(entry, owner, node.name) for entry in node.entries]
        else:
            found.append(Branch(node, owner))
    return found


def unneeded_in_or(
    parts: Sequence[Branch], candidates: Iterable[int], covers: Stands, offered: Offered
) -> Iterator[tuple[int, Branch]]:
    """The owners among `candidates` that can go, one after the other, each with a branch that covers it."""
    siblings = Siblings([part.node for part in parts], offered)
    numbers: dict[int, list[int]] = {}
    for number, part in enumerate(parts):
        numbers.setdefault(part.owner, []).append(number)
    gone: set[int] = set()

    def standing_for(number: int) -> Branch | None:
        part = parts[number]
        others = (parts[other] for other in siblings.covering(number))
        left = (other for other in others if other.owner != part.owner and other.owner not in gone)
        return next((other for other in left if covers(other.node, part.node)), None)

    for owner in candidates:
        first = standing_for(numbers[owner][0])
        if first is not None and all(standing_for(number) for number in numbers[owner][1:]):
            gone.add(owner)
            yield owner, first


def unneeded_in_and(
    members: Sequence[Node], candidates: Iterable[int], covers: Stands, offered: Offered
) -> Iterator[tuple[int, int]]:
    """The numbers among `candidates` that can go, each with that of a part that asks for as much or more."""
    siblings = Siblings(members, offered)
    gone: set[int] = set()
    for wide in candidates:
        others = (other for other in siblings.covered(wide) if other not in gone)
        narrow = next((other for other in others if covers(members[wide], members[other])), None)
        if narrow is not None:
            gone.add(wide)
            yield wide, narrow
