"""Asks an outside watcher's address once a minute while the service is ready, in a thread of its own.

The watcher (Healthchecks, Uptime Kuma) notices when nothing comes any more. Whether the service is ready is
decided in `liveness.readiness`. Nothing waits for this thread, and it uses nothing but the network.
"""

import threading
import time
from collections.abc import Callable

from watchdesk import __version__
from watchdesk.config.network import Network
from watchdesk.config.secrets import Secret, SecretMissing
from watchdesk.config.settings import Settings
from watchdesk.config.values import parse_web_address
from watchdesk.logger import get_logger
from watchdesk.plan import Clock
from watchdesk.service.liveness.readiness import unready
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.liveness.status import HeartbeatStatus
from watchdesk.transport.asking import Asking

log = get_logger(__name__)

EVERY = 60.0
"""Seconds between two requests."""
LOOK = 1.0
"""Seconds between two looks at whether one is due: it is made as soon as the service is ready."""
LONGEST = 20.0
"""Seconds that one request may take in all."""


class Heartbeat:
    """Safe to use from many threads. Whatever becomes of a request, the service goes on."""

    def __init__(
        self, liveness: Liveness, clock: Clock, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._liveness = liveness
        self._clock = clock
        self._monotonic = monotonic
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._address: Secret | None = None
        self._network = Network()
        self._asking = _asking(self._network)
        self._due = 0.0
        self._is_begun = False

    def follow(self, settings: Settings) -> None:
        """From now on, by these settings."""
        network = Network(settings.proxies, settings.authorities)
        with self._lock:
            if network != self._network:
                self._network, self._asking = network, _asking(network)
            if settings.heartbeat != self._address:
                self._address, self._due = settings.heartbeat, 0.0
            if self._address is None:
                self._liveness.heartbeat(None)
            elif not self._is_begun:
                self._is_begun = True
                threading.Thread(target=self._run, name="heartbeat", daemon=True).start()

    def stop(self) -> None:
        """Asks nothing any more; does not wait for a request that is in flight."""
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.wait(LOOK):
            try:
                self.turn()
            except Exception:  # a bug of ours: it is looked at again, and the watcher notices its silence
                log.exception("the heartbeat failed by a mistake in it")

    def turn(self) -> None:
        """Asks, if it is time for that and the service is ready."""
        with self._lock:
            address, asking, due = self._address, self._asking, self._due
        if address is None or self._monotonic() < due or unready(self._liveness.status, self._clock()):
            return
        with self._lock:
            self._due = self._monotonic() + EVERY
        trouble = _trouble(address, asking)
        with self._lock:
            if address == self._address:  # else a reload has taken it away meanwhile
                self._note(trouble)

    def _note(self, trouble: str | None) -> None:
        """In the status file; in the log where it changes from one to the other."""
        before, now = self._liveness.status.heartbeat, self._clock()
        was = before.trouble if before else None
        if trouble and not was:
            log.warning("the heartbeat for the outside watcher fails; it is tried each minute", why=trouble)
        elif was and not trouble:
            log.info("the heartbeat for the outside watcher is accepted again")
        accepted = now if trouble is None else before.accepted if before else None
        self._liveness.heartbeat(HeartbeatStatus(now, accepted, trouble))


def _asking(network: Network) -> Asking:
    return Asking(network, f"watchdesk/{__version__}", LONGEST)


def _trouble(address: Secret, asking: Asking) -> str | None:
    try:
        url = address.reveal().strip()
    except SecretMissing as missing:
        return str(missing)
    try:
        parse_web_address(url)
    except ValueError:
        return "what is kept there is not a web address; it begins with https:// or http://"
    return asking.ask(url)
