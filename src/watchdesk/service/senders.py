"""Sends what is due, one sender for each delivery that may be in flight."""

import random
from collections.abc import Callable, Sequence

from watchdesk import pipeline
from watchdesk.delivery import LEASE, InFlight, lease_owner_name, record_kept
from watchdesk.plan import Clock, Plan
from watchdesk.ports import Store
from watchdesk.service.measuring.measurements import Measurements
from watchdesk.service.workers import Workers


class Senders:
    """No channel waits for another's receiver."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        rng: random.Random,
        measurements: Measurements,
        turn: Callable[[str, Callable[[], object]], object],
    ) -> None:
        """`turn`: runs a step by its name, whatever it fails by."""
        self._store, self._clock, self._rng, self._turn = store, clock, rng, turn
        self._lease_owner = lease_owner_name()
        self._workers = Workers("send", 1)
        self._in_flight = InFlight(begun=self._offer, attempted=measurements.attempted)
        self._plan: Plan | None = None
        self._known_only = False

    def send_due(self, plan: Plan, *, known_only: bool = False) -> None:
        """Begins to send what is due by this plan, as far as there is room.

        `known_only`: leaves to others what is for a channel that the plan does not have.
        """
        self._plan, self._known_only = plan, known_only
        # Those that hang come on top: the channel that they hang in may be gone from the plan.
        hanging = self._in_flight.hanging(self._clock(), LEASE)
        self._workers.size = 1 + hanging + sum(limit.concurrency for limit in plan.limits.values())
        self._offer()

    def wait_until_idle(self, seconds: float) -> Sequence[str]:
        """Waits for so many seconds for what is in flight; the names of what is left then."""
        return self._workers.wait_until_idle(seconds)

    def release(self) -> None:
        """Records what was sent and could not be recorded yet, and gives back the rest.

        In this order: what was sent must not be given back as if it had not been. Raises `StorageError`.
        """
        record_kept(self._store, self._in_flight, self._lease_owner, self._clock, self._rng)
        self._store.release(self._lease_owner)

    def _offer(self) -> None:
        """Starts one sender if there is room; it starts the next one when it has found something to send."""
        free = (
            number
            for number in range(self._workers.size)
            if self._workers.offer(f"sender {number}", lambda: self._turn("send what is due", self._send))
        )
        next(free, None)

    def _send(self) -> None:
        if self._plan:
            pipeline.send_due(
                self._plan,
                self._store,
                self._lease_owner,
                self._clock,
                self._rng,
                self._in_flight,
                lambda: self._known_only,
            )
