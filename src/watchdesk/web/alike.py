"""Dear answers that serve whoever asks the same soon after: pages are loaded again, and several ask alike."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from watchdesk.web.answers_kept import Answer, AnswersKept
from watchdesk.web.workers import TooBusy

SHORTEST, LONGEST = 5.0, 60.0
"""Seconds for which an answer is fresh, at least and at most; in between ten times as long as it took:
however many ask the same, they take an eleventh of a process."""
_TIMES = 10.0
STALE = 30.0
"""Seconds for which it is given after that while somebody makes it anew."""
MOST = 16
"""Answers that are kept."""
PATIENCE = 10.0
"""Seconds that the one waits who may wait for an answer that somebody makes."""

_T = TypeVar("_T")


class Alike(Generic[_T]):
    """Answers by question. Equal ones are worked on once at a time. Safe to use from many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, shortest: float = SHORTEST) -> None:
        """`shortest`: seconds for which an answer is fresh, at least."""
        self._clock = clock
        self._shortest = shortest
        self._changed = threading.Condition()
        self._answers: AnswersKept[_T] = AnswersKept(clock, MOST, STALE)
        self._making: set[Hashable] = set()
        self._waits = False

    def get(self, question: Hashable, of: object, make: Callable[[], _T]) -> _T:
        """The answer, which `make` makes where there is none. Raises what that does, and `TooBusy`."""
        with self._changed:
            known = self._known(question, of) or self._waited(question, of)
            if known:
                return known.value
            self._making.add(question)
        began = self._clock()
        try:
            value = make()
            with self._changed:
                fresh = min(max(_TIMES * (self._clock() - began), self._shortest), LONGEST)
                self._answers.keep(question, of, value, fresh)
            return value
        finally:
            with self._changed:
                self._making.discard(question)
                self._changed.notify_all()

    def _known(self, question: Hashable, of: object) -> Answer[_T] | None:
        return self._answers.known(question, of, STALE if question in self._making else 0.0)

    def _waited(self, question: Hashable, of: object) -> Answer[_T] | None:
        """What somebody makes; None: nobody does. One waits at most, since each holds a thread."""
        if question not in self._making:
            return None
        if self._waits:
            raise TooBusy("others ask the same")
        self._waits = True
        try:
            if not self._changed.wait_for(lambda: question not in self._making, PATIENCE):
                raise TooBusy("others ask the same")
        finally:
            self._waits = False
        return self._known(question, of)
