"""Compares what receivers took with what the newsroom served: the promises, counted."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from torture.newsroom import Pair
from torture.receivers import Taken


@dataclass(frozen=True)
class Account:
    """Of one channel."""

    digests: int
    """Different ones that arrived."""
    repeats: int
    """Arrivals of a digest that had arrived before."""
    altered: Sequence[str]
    """Identities whose repeat was not byte for byte the first."""
    missing: Mapping[str, Collection[Pair]]
    """By subscription: matches that were served and are in no digest."""
    doubled: Mapping[str, Mapping[Pair, Collection[str]]]
    """By subscription: matches that are in several digests, and in which."""

    @property
    def is_complete(self) -> bool:
        return not any(self.missing.values())

    def hold(self) -> None:
        """Asserts that the promises were kept."""
        assert self.is_complete, f"missing: {self.missing}"
        assert not any(self.doubled.values()), f"in several digests: {self.doubled}"
        assert not self.altered, f"altered repeats: {self.altered}"


def account(taken: Sequence[Taken], served: Collection[Pair], subscriptions: Sequence[str]) -> Account:
    """What a channel to which all `subscriptions` go took, against what was served."""
    first: dict[str, Taken] = {}
    altered = set()
    for one in taken:
        if first.setdefault(one.identity, one).content != one.content:
            altered.add(one.identity)
    where: dict[str, dict[Pair, list[str]]] = {name: defaultdict(list) for name in subscriptions}
    for one in first.values():
        for pair in one.pairs:
            where[one.digest][pair].append(one.identity)
    return Account(
        digests=len(first),
        repeats=len(taken) - len(first),
        altered=sorted(altered),
        missing={name: sorted(set(served) - found.keys()) for name, found in where.items()},
        doubled={
            name: {pair: ids for pair, ids in found.items() if len(ids) > 1} for name, found in where.items()
        },
    )
