"""Answers by name, each for a while: what `Kept`, `Alike` and `Recent` keep them in."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Answer(Generic[_T]):
    """One of them."""

    of: object
    """What it was made from, such as the configuration; of another, the answer is another."""
    until: float
    """When it is no longer fresh, by the clock."""
    value: _T


class AnswersKept(Generic[_T]):
    """Whoever may look may do so from any thread; one thread at a time changes them."""

    def __init__(self, clock: Callable[[], float], most: int, stale: float = 0.0) -> None:
        """`most`: answers that are kept. `stale`: seconds for which one is kept when no longer fresh."""
        self._clock = clock
        self._most = most
        self._stale = stale
        self._found: dict[Hashable, Answer[_T]] = {}

    def known(self, name: Hashable, of: object, stale: float = 0.0) -> Answer[_T] | None:
        """The answer made of this, if it is fresh, or was until so many seconds ago."""
        known = self._found.get(name)
        return known if known and known.of is of and self._clock() < known.until + stale else None

    def keep(self, name: Hashable, of: object, value: _T, seconds: float) -> Answer[_T]:
        """Keeps an answer that is fresh for so long from now on.

        What can be used no more goes; where too much is left, the oldest as well.
        """
        answer = Answer(of, self._clock() + seconds, value)
        usable = {
            other: one
            for other, one in self._found.items()
            if other != name and self.known(other, of, self._stale)
        }
        self._found = {**dict(list(usable.items())[1 - self._most :]), name: answer}
        return answer

    def let_go(self, name: Hashable, answer: Answer[_T]) -> None:
        """Keeps it no longer, unless another has taken its place."""
        if self._found.get(name) is answer:
            del self._found[name]
