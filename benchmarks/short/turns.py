"""Two things in turns."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass


def own_cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU of this process, all its threads."""
    began = time.process_time()
    work()
    return time.process_time() - began


@dataclass(frozen=True, slots=True)
class Pair:
    """Ours and another's way to the same end."""

    name: str
    floor: float
    """So many times as fast ours has to be; below 1, it may take longer."""
    ours: Callable[[], object]
    theirs: Callable[[], object]
    shares: float = 1.0
    """How many times the same work the other does in its turn."""
    cpu: Callable[[Callable[[], object]], float] = own_cpu
    """How long something takes."""


def times_as_fast(pair: Pair, rounds: int) -> float:
    """By the best of the rounds; one before them is not counted."""
    pair.ours(), pair.theirs()
    gc.collect()
    turns = [(pair.cpu(pair.ours), pair.cpu(pair.theirs)) for _ in range(rounds)]
    return min(theirs for _, theirs in turns) / pair.shares / min(ours for ours, _ in turns)
