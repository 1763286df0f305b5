"""The life of the service: start, turn, reload, stop. What ticks is `run`, what loads is `loading`."""

import queue
import signal
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import assert_never

from watchdesk.app import Configuration
from watchdesk.config.settings import PollingSettings
from watchdesk.logger import get_logger
from watchdesk.plan import Clock
from watchdesk.ports import Store
from watchdesk.rules import freeze_gc
from watchdesk.service.companion import Companion, Nobody
from watchdesk.service.direct_reporting import DirectReporter
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.liveness.status import Phase
from watchdesk.service.loading import Event, Failed, Loading, Reload, Stop
from watchdesk.service.lock import only_service
from watchdesk.service.memory import share_arenas
from watchdesk.service.poll_workers.generations import Generations
from watchdesk.service.poll_workers.reading import Slots
from watchdesk.service.starting import Surroundings
from watchdesk.service.systemd import Systemd
from watchdesk.service.watching.watch import FileWatch
from watchdesk.sources import hosts_by_clock

log = get_logger(__name__)

TURN = 1.0
"""Seconds after which the main loop comes round if nothing happens."""
STUCK = timedelta(seconds=60)
"""A heartbeat that takes longer waits for a database that does not answer at all."""


def serve(
    directory: Path,
    load: Callable[[], Configuration],
    open_store: Callable[[Configuration], Store],
    state_directory: Path,
    clock: Clock,
    environment: Mapping[str, str],
    companion: Callable[[Liveness], Companion] | None = None,
) -> None:
    """Runs the service until SIGTERM or SIGINT.

    `load` reads the files of the configuration `directory`. `companion`: makes what runs beside it, which may
    look at what the service tells of itself, and add to it.
    Raises `ConfigurationError` or `StorageError` when it cannot start.
    """
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    _listen(events)
    systemd = Systemd(environment)
    with ExitStack() as undo:
        undo.enter_context(only_service(state_directory))
        liveness = Liveness(state_directory, clock)
        liveness.turn()
        slots = Slots()
        share_arenas()
        freeze_gc()  # neither process is to search, and so to copy, what both have
        # Before there is any thread: what has threads cannot be forked safely.
        generations = undo.enter_context(closing(Generations(load, state_directory, clock, slots)))
        direct = DirectReporter(state_directory, clock)
        hosts = hosts_by_clock(PollingSettings())
        beside = companion(liveness) if companion else Nobody()
        around = Surroundings(
            open_store, state_directory, clock, slots, hosts, liveness, direct, systemd, beside
        )
        loading = Loading(generations, partial(FileWatch, directory), around, events)
        undo.callback(loading.close)
        loading.start()
        _turn_until_stopped(events, loading, liveness, systemd, clock)
        log.info("stopping: finishing what is in flight")
        systemd.stopping()
        liveness.enter(Phase.STOPPING)
        liveness.turn()
        loading.stop()
        liveness.enter(Phase.STOPPED)
        liveness.turn()
    log.info("watchdesk has stopped")


def _listen(events: "queue.SimpleQueue[Event]") -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: events.put(Stop()))
    signal.signal(signal.SIGHUP, lambda *_: events.put(Reload()))


def _turn_until_stopped(
    events: "queue.SimpleQueue[Event]", loading: Loading, liveness: Liveness, systemd: Systemd, clock: Clock
) -> None:
    """The main loop. Nothing in it waits for the database, the files or the network."""
    watchdog = systemd.watchdog_interval
    wait = min(TURN, watchdog.total_seconds()) if watchdog else TURN
    while True:
        event = _next(events, wait)
        liveness.turn()
        if watchdog and _moves(liveness, clock):
            systemd.alive()
        match event:
            case None:
                pass
            case Stop():
                return
            case Reload():
                loading.reload()
            case Failed(error):
                liveness.enter(Phase.REFUSED, str(error))
                liveness.turn()
                raise error
            case _:
                assert_never(event)


def _next(events: "queue.SimpleQueue[Event]", wait: float) -> Event | None:
    try:
        return events.get(timeout=wait)
    except queue.Empty:
        return None


def _moves(liveness: Liveness, clock: Clock) -> bool:
    """Whether the steps come round as well. A database in trouble is no reason to restart."""
    heartbeat = liveness.status.steps.get("heartbeat")
    return heartbeat is None or heartbeat.began is None or clock() - heartbeat.began < STUCK
