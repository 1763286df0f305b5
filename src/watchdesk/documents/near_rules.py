"""What a rule nearly found, as far as a bounded look goes."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchdesk.backtest import NearMiss, NearMisses
from watchdesk.ports import Store
from watchdesk.rules import Rule

LOOKED = timedelta(days=30)
BUDGET = 0.1
"""Seconds of the processor that a look may take after its first article."""
LONG = 1.0
"""The same of a look that somebody asked for."""


@dataclass(frozen=True, slots=True)
class NearRule:
    """Articles that a rule misses by one part."""

    found: Sequence[NearMiss]
    read: int
    """Articles that were asked."""
    is_whole: bool
    """Whether all were asked that may be one."""
    ran_out: bool
    """Whether the look ended because its time was up."""


def near_rule(rule: Rule, store: Store, now: datetime, budget: float = BUDGET) -> NearRule:
    """Looks until there are enough, or `budget` seconds are used up."""
    near, begun = NearMisses(rule), 0.0
    for _ in near.looking(store.look_back, now - LOOKED):
        begun = begun or time.thread_time()  # the first article loads what each of them needs
        if time.thread_time() - begun > budget:
            return NearRule(near.found, near.read, is_whole=False, ran_out=True)
    return NearRule(near.found, near.read, near.is_whole, ran_out=False)
