"""Answers that are dear to make, kept for a while."""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

FRESH = 300.0
"""Seconds for which answers are kept that take seconds to make."""
MOST = 500
"""Answers that are kept."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Answer(Generic[_T]):
    of: object
    """What it was made from, such as the configuration; of another, the answer is another."""
    at: float
    value: _T


class Kept(Generic[_T]):
    """Answers by name. One is made at a time. Safe to use from many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, fresh: float = FRESH) -> None:
        """`fresh`: seconds for which an answer is given to whoever asks."""
        self._fresh = fresh
        self._clock = clock
        self._making = threading.Lock()
        self._found: dict[Hashable, _Answer[_T]] = {}

    def get(self, name: Hashable, of: object, make: Callable[[], _T]) -> _T:
        """The answer, which `make` makes where there is none that is fresh and made of the same."""
        known = self._known(name, of)
        if known is None:
            with self._making:
                known = self._known(name, of)  # somebody made it meanwhile
                if known is None:
                    value = make()
                    # Fresh from now on: whoever waited, however long it took, takes this one.
                    known = _Answer(of, self._clock(), value)
                    self._forget(of)
                    self._found[name] = known
        return known.value

    def _known(self, name: Hashable, of: object) -> _Answer[_T] | None:
        known = self._found.get(name)
        return known if known and known.of is of and self._clock() - known.at < self._fresh else None

    def _forget(self, of: object) -> None:
        """What can be used no more; where too much is left, the oldest as well."""
        fresh = {name: one for name, one in self._found.items() if self._known(name, of)}
        self._found = dict(list(fresh.items())[-(MOST - 1) :])
