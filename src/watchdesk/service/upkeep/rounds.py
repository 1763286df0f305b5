"""Whose turn it is among chores: each step by step, those that failed later."""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from watchdesk.errors import StorageError
from watchdesk.logger import get_logger
from watchdesk.remembered import remember, remembered
from watchdesk.service.clock_check import SEEN, checked, is_confirmed, is_steady
from watchdesk.service.upkeep.chores import Chore, Paced, Workplace

log = get_logger(__name__)

AGAIN = 10.0
"""Seconds after which a chore that failed is tried again, and twice as long each time."""
LONGEST = 3600.0
"""What that grows to."""
SLICE = 1.0
"""Seconds after which a chore that has more to do lets the next one have a turn."""


class Rounds:
    """Not for several threads at once. All times are seconds of `monotonic`."""

    def __init__(
        self,
        chores: Sequence[Chore],
        place: Workplace,
        ended: Callable[[str, Exception | None], object],
        first: float = 0.0,
        failures: Mapping[str, int] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`ended` is told of each run the chore's name, and what it failed by.

        `first`: seconds until the first turn. `failures`: of chores that ended the process before, in a row.
        """
        self._place = place
        self._ended = ended
        self._monotonic = monotonic
        now = monotonic()
        self._turns = deque(
            _Turn(chore, now + first, (failures or {}).get(chore.name, 0)) for chore in chores
        )
        self._at_work: _Turn | None = None
        self._until = now
        for turn in self._turns:
            if turn.failures > 1:  # once may be anybody's doing
                turn.due = now + _back_off(turn.failures - 1)

    @property
    def wait(self) -> float:
        """Seconds until a chore is due."""
        now = self._monotonic()
        return max(0.0, min((turn.due - now for turn in self._turns), default=LONGEST))

    @property
    def next(self) -> str | None:
        """The name of the chore whose turn it is; None while none is due."""
        turn = self._due()
        return turn.chore.name if turn else None

    @property
    def is_at_work(self) -> bool:
        """Whether a chore has more to do, be it after a rest."""
        return any(turn.at_work for turn in self._turns)

    def step(self) -> bool:
        """One step of the chore whose turn it is; False while none is due."""
        turn = self._due()
        if turn is None:
            return False
        now = self._monotonic()
        if turn is not self._at_work:
            self._at_work, self._until = turn, now + SLICE
        try:
            more = self._begins(turn) and turn.chore.step(self._place)
        except Exception as error:  # noqa: BLE001 - whatever it met, the others go on, and it is told
            self._failed(turn, error)
            return True
        turn.at_work = more
        if more and isinstance(turn.chore, Paced):
            turn.due = self._monotonic() + turn.chore.rest
        if self._monotonic() >= self._until:
            self._pass_on(turn)
        if not more:
            self._pass_on(turn)
            turn.failures = 0
            turn.due = self._monotonic() + turn.chore.every.total_seconds()
            self._ended(turn.chore.name, None)
        return True

    def _due(self) -> "_Turn | None":
        now = self._monotonic()
        return next((turn for turn in self._turns if turn.due <= now), None)

    def _pass_on(self, turn: "_Turn") -> None:
        self._turns.remove(turn)
        self._turns.append(turn)
        self._at_work = None

    def _begins(self, turn: "_Turn") -> bool:
        """False: it may not run now."""
        if turn.at_work or not turn.chore.needs_steady_clock:
            return True
        return clock_is_steady(self._place)

    def _failed(self, turn: "_Turn", error: Exception) -> None:
        self._pass_on(turn)
        turn.at_work = False
        turn.failures += 1
        turn.due = self._monotonic() + _back_off(turn.failures)
        if not isinstance(error, StorageError):
            log.error("a chore failed by a mistake in it", chore=turn.chore.name, exc_info=error)
        self._ended(turn.chore.name, error)


class _Turn:
    """Where a chore stands."""

    def __init__(self, chore: Chore, due: float, failures: int) -> None:
        self.chore = chore
        self.due = due
        self.failures = failures
        """In a row."""
        self.at_work = False
        """Its last step left more to do."""


def run_once(place: Workplace, chores: Sequence[Chore], seconds: float) -> Mapping[str, Exception | None]:
    """Runs each of them once, in turn and without rests, until all is done or the time is over.

    What came of those that ended, by name.
    """
    outcomes: dict[str, Exception | None] = {}
    end = time.monotonic() + seconds
    rounds = Rounds(chores, place, outcomes.__setitem__)
    while len(outcomes) < len(chores) and time.monotonic() < end:
        if not rounds.step():
            time.sleep(max(0.0, min(rounds.wait, end - time.monotonic())))
    return outcomes


def clock_is_steady(place: Workplace) -> bool:
    """Whether what is old by the clock is old: it went without a leap for long, or publishers confirm it."""
    now = place.clock()
    check = checked(remembered(place.store).clock, now)
    remember(place.store, check)
    if is_steady(check):
        return True
    return is_confirmed(place.store.newest_published(now - SEEN), place.configured.settings.sources, now)


def _back_off(failures: int) -> float:
    return min(AGAIN * 2.0 ** min(failures - 1, 12), LONGEST)
