"""Shares out places among rules in turn, so that a loud rule does not silence a rare one. Pure."""

from collections.abc import Iterator, Sequence


def round_robin(available: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(rule, rank) of each story: the best of every rule first, then every second best, and so on."""
    for rank in range(max(available, default=0)):
        for number, count in enumerate(available):
            if rank < count:
                yield number, rank


def shares(available: Sequence[int], most: int) -> list[int]:
    """How many of its stories each rule shows, where `most` are shown in all, in the order of
    `round_robin`.
    """
    given = [0] * len(available)
    left = min(max(most, 0), sum(available))
    while left:
        open_to = [number for number, count in enumerate(available) if given[number] < count]
        share = max(1, left // len(open_to))
        for number in open_to:
            more = min(share, available[number] - given[number], left)
            given[number] += more
            left -= more
    return given
