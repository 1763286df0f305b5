"""Whether this host reaches the web: where it reaches no site, and others do, it leaves the polls to them.

Polls to which nothing came are kept for a moment. A server that answers says that the network is well, and
then they count against their sources. Else some sites are tried that were read well the last time; where
these do not answer either, the fault is this host's, and it polls nothing until they do.
"""

import threading
import time
from collections.abc import Callable
from typing import Protocol

from watchdesk.errors import StorageError
from watchdesk.logger import get_logger
from watchdesk.service.fleet.member import Member
from watchdesk.service.poll_tasks import UnreachedPoll

log = get_logger(__name__)

WELL = 0.25
"""Part of the polls that has to be answered so that the others say something of their sources: a desk may
have sites in its own building, which are reached when nothing else is."""
SITES = 3
"""So many sites from which nothing came are enough to try others …"""
PATIENCE = 3.0
"""… or one, from which nothing came so many seconds ago, and nothing from any other since."""
FIRST = 5.0
LONGEST = 60.0
"""Seconds between two trials while no site is reached, and twice as long each time, up to the longest."""
_LOOK = 0.5


class Idle(Protocol):
    """What polls, to be stopped and to go on."""

    def pause(self) -> None:
        """Gives up what is queued, and takes nothing more."""

    def resume(self) -> None:
        """Goes on."""


class WebReach:
    """A `Judge`. Safe to use from many threads."""

    def __init__(self, member: Member, probe: Callable[[], str], polls: Idle) -> None:
        """`probe`: tries some sites that were read well; why they cannot be reached, empty where they can."""
        self._member, self._probe, self._polls = member, probe, polls
        self._lock = threading.Lock()
        self._held: list[UnreachedPoll] = []
        self._since = 0.0
        """When the first of them came."""
        self._answers = 0
        """Polls that were answered since then."""
        self._wait, self._tried = FIRST, 0.0
        self._is_paused = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reach of the fleet", daemon=True)
        self.unreached_because = ""
        """Why it reaches no site; empty: it does."""

    def start(self) -> None:
        """Begins to judge."""
        self._thread.start()

    def close(self) -> None:
        """What is kept counts as not polled."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()
        for poll in self._taken():
            poll.drop()

    @property
    def is_cut_off(self) -> bool:
        """Whether it reaches no site, while others do."""
        return bool(self.unreached_because) and self._member.others_reach

    def reached(self) -> None:
        """See `Judge.reached`."""
        self._wait = FIRST
        if not self._held:
            return
        with self._lock:
            self._answers += 1
            is_well = self._answers >= WELL * (self._answers + len(self._held))
        if is_well:
            self._book()

    def unreached(self, poll: UnreachedPoll) -> None:
        """See `Judge.unreached`."""
        if self.is_cut_off or self._closing.is_set():
            poll.drop()
        elif self.unreached_because or not self._member.others_reach:  # nobody else could do better
            poll.book()
        else:
            with self._lock:
                if not self._held:
                    self._since, self._answers = time.monotonic(), 0
                self._held.append(poll)

    def _run(self) -> None:
        while not self._closing.wait(_LOOK):
            try:
                self._look()
            except StorageError as error:
                log.debug("sites that were read well are not known", why=str(error))
            except Exception:  # it must not end: polls that are kept would be so for ever
                log.exception("whether the web is reached could not be found out")

    def _look(self) -> None:
        is_news = self._is_paused != self.is_cut_off
        wait = FIRST if is_news else self._wait
        if self._is_doubtful or (self.unreached_because and time.monotonic() - self._tried > wait):
            self._try()
        if self._is_paused != self.is_cut_off:
            self._is_paused = not self._is_paused
            self._change()

    @property
    def _is_doubtful(self) -> bool:
        with self._lock:
            sites = {poll.host for poll in self._held}
            return len(sites) >= SITES or (bool(sites) and time.monotonic() - self._since > PATIENCE)

    def _try(self) -> None:
        before, self.unreached_because = self.unreached_because, self._probe()
        self._tried = time.monotonic()
        if not self.unreached_because:
            self._wait = FIRST
            self._book()
            return
        self._wait = min(2 * self._wait, LONGEST) if before else FIRST
        for poll in self._taken():
            poll.drop() if self.is_cut_off else poll.book()

    def _change(self) -> None:
        if self._is_paused:
            log.error(
                "this machine reaches no site, while others do: it polls nothing until it does",
                why=self.unreached_because,
            )
            self._polls.pause()
        else:
            log.warning("this machine polls again")
            self._polls.resume()

    def _book(self) -> None:
        for poll in self._taken():
            poll.book()

    def _taken(self) -> list[UnreachedPoll]:
        with self._lock:
            taken, self._held = self._held, []
        return taken
