"""Runs trials beside each other, and answers in their order, each as soon as those before it are done.

Each has a deadline of its own. One that does not come back is left behind in a thread that does not keep the
process: a resolver, for instance, cannot be interrupted.
"""

import threading
import time
from collections.abc import Iterator, Sequence

from watchdesk.doctor.findings import Findings, Trial, wrong
from watchdesk.errors import WatchdeskError

_LONGEST = 25.0
"""Seconds that a trial may take; what it asks of others has shorter deadlines."""
_AT_ONCE = 32
"""Trials beside each other."""
_LOOK = 0.1


def tried(trials: Sequence[Trial]) -> Iterator[tuple[Trial, Findings | None]]:
    """Each trial twice, in their order: with None when it is waited for, then with what it found.

    A bug in a trial is raised.
    """
    places = threading.Semaphore(_AT_ONCE)
    running = [_Running(trial, places) for trial in trials]
    for one in running:
        threading.Thread(target=one.run, name=f"trial of {one.trial.subject}", daemon=True).start()
    for one in running:
        yield one.trial, None
        yield one.trial, [finding.cleaned() for finding in one.found()]


class _Running:
    def __init__(self, trial: Trial, places: threading.Semaphore) -> None:
        self.trial = trial
        self._places = places
        self._lock = threading.Lock()
        self._holds_place = False
        self._began: float | None = None
        self._done = threading.Event()
        self._found: Findings = ()
        self._bug: BaseException | None = None

    def run(self) -> None:
        self._places.acquire()  # not for as long as a block: whoever waits may give it back
        self._holds_place, self._began = True, time.monotonic()
        try:
            self._found = self.trial.run()
        except WatchdeskError as error:
            self._found = [wrong(self.trial.subject, str(error))]
        except BaseException as bug:  # noqa: BLE001 - raised again by who waits for it
            self._bug = bug
        finally:
            self._give_place_back()
            self._done.set()

    def found(self) -> Findings:
        """What it found, waited for until its time is over."""
        while not self._done.wait(_LOOK):
            if self._began is not None and time.monotonic() - self._began > _LONGEST:
                self._give_place_back()
                what = f"it did not come back within {_LONGEST:g} s"
                return [wrong(self.trial.subject, what, "try again; if it stays so, look at the network")]
        if self._bug is not None:
            raise self._bug
        return self._found

    def _give_place_back(self) -> None:
        with self._lock:
            if self._holds_place:
                self._holds_place = False
                self._places.release()
