"""Dealing to rules in turn, so that a loud one does not silence a rare one. Pure."""

from collections.abc import Iterator, Sequence
from itertools import islice


def in_turn(available: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(rule, rank) of each of the stories that rules have, the best of every rule before any second one."""
    for rank in range(max(available, default=0)):
        for number, count in enumerate(available):
            if rank < count:
                yield number, rank


def dealt(available: Sequence[int], most: int) -> list[int]:
    """How many of its stories each rule shows, where `most` are shown in all."""
    given = [0] * len(available)
    for number, _ in islice(in_turn(available), max(most, 0)):
        given[number] += 1
    return given
