"""Answers that are dear to make, kept for a while: the dearer, the longer.

However many ask, making one answer again and again takes a tenth of a thread's time at most.
"""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from watchdesk.web.answers_kept import Answer, AnswersKept

FRESH = 300.0
"""Seconds for which answers are kept that take seconds to make."""
MOST = 500
"""Answers that are kept."""
_SPARED = 10
"""Times as long as it took to make, an answer is kept at least,"""
_LONGEST_SPARED = 30.0
"""but not beyond so many seconds for that."""

_T = TypeVar("_T")


class Kept(Generic[_T]):
    """Answers by name. One is made at a time. Safe to use from many threads."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        fresh: float = FRESH,
        most: int = MOST,
        lets_go: bool = False,
    ) -> None:
        """`fresh`: seconds for which an answer is given, at least; `most`: answers that are kept.

        `lets_go`: answers are large, and none stays in memory that can be used no more.
        """
        self._fresh = fresh
        self._lets_go = lets_go
        self._clock = clock
        self._making = threading.Lock()
        self._answers: AnswersKept[_T] = AnswersKept(clock, most)

    def get(self, name: Hashable, of: object, make: Callable[[], _T]) -> _T:
        """The answer, which `make` makes where there is none that is fresh and made of the same."""
        known = self._answers.known(name, of)
        if known is None:
            with self._making:
                known = self._answers.known(name, of)  # somebody made it meanwhile
                if known is None:
                    began = self._clock()
                    value = make()
                    spared = min(_SPARED * (self._clock() - began), _LONGEST_SPARED)
                    # Fresh from now on: whoever waited, however long it took, takes this one.
                    known = self._answers.keep(name, of, value, max(self._fresh, spared))
                    if self._lets_go:
                        self._let_go_later(name, known)
        return known.value

    def _let_go_later(self, name: Hashable, answer: Answer[_T]) -> None:
        def let_go() -> None:
            with self._making:
                self._answers.let_go(name, answer)

        timer = threading.Timer(max(answer.until - self._clock(), 0.0), let_go)
        timer.daemon = True
        timer.start()
