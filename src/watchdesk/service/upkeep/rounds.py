"""Whose turn it is among chores: each step by step, those that failed later."""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from watchdesk.errors import WatchdeskError
from watchdesk.logger import get_logger
from watchdesk.service.upkeep.chores import Chore, Paced, Workplace
from watchdesk.service.upkeep.trust import is_trusted

log = get_logger(__name__)

AGAIN = 10.0
"""Seconds after which a chore that failed is tried again, and twice as long each time."""
LONGEST = 3600.0
"""What that grows to."""
ANEW = 3600.0
"""Seconds after which the clock is checked again for a run that lasts longer."""
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
            place = self._place_of(turn)
            more = place is not None and turn.chore.step(place)
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

    def _place_of(self, turn: "_Turn") -> Workplace | None:
        """Where the chore works; None: it may not run now."""
        if not turn.chore.needs_steady_clock:
            return self._place
        since = self._monotonic()
        if turn.at_work and since - turn.checked < ANEW:
            return turn.place
        now = self._place.clock()
        trusted = is_trusted(self._place, now)
        turn.checked, turn.place = since, replace(self._place, clock=lambda: now) if trusted else None
        return turn.place

    def _failed(self, turn: "_Turn", error: Exception) -> None:
        self._pass_on(turn)
        turn.at_work = False
        turn.failures += 1
        turn.due = self._monotonic() + _back_off(turn.failures)
        if not isinstance(error, WatchdeskError):
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
        self.place: Workplace | None = None
        """For this run, if it needs a steady clock: at the moment for which the clock was checked."""
        self.checked = 0.0


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


def _back_off(failures: int) -> float:
    return min(AGAIN * 2.0 ** min(failures - 1, 12), LONGEST)
