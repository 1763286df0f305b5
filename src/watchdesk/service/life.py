"""The life of the service: start, turn, reload, stop. What ticks is `run`, what loads is `loading`."""

import queue
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from datetime import timedelta
from functools import partial
from typing import assert_never

from watchdesk.config.settings import PollingSettings
from watchdesk.configuration import Configuration
from watchdesk.logger import get_logger
from watchdesk.plan import Clock
from watchdesk.ports import Store
from watchdesk.service.beginning import Begun
from watchdesk.service.companion import Companion, Nobody
from watchdesk.service.direct_reporting import DirectReporter
from watchdesk.service.events import Event, Events, Failed, Reload, Stop
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.liveness.status import Phase
from watchdesk.service.loading import Loading
from watchdesk.service.poll_workers.generations import Generations
from watchdesk.service.sharing import Sharing
from watchdesk.service.starting import Surroundings
from watchdesk.service.systemd import Systemd
from watchdesk.service.watching.watch import FileWatch
from watchdesk.sources import Hosts, hosts_by_clock

log = get_logger(__name__)

TURN = 1.0
"""Seconds after which the main loop comes round if nothing happens."""
STUCK = timedelta(seconds=60)
"""A heartbeat that takes longer waits for a database that does not answer at all."""


def serve(
    begun: Begun,
    open_store: Callable[[Configuration], Store],
    environment: Mapping[str, str],
    sharing: Callable[[Store, Hosts], Sharing],
    companion: Callable[[Liveness], Companion] | None = None,
) -> None:
    """Runs the service until SIGTERM or SIGINT.

    `sharing`: with whom it polls, by its store. `companion`: makes what runs beside it, which may look at
    what the service tells of itself, and add to it.
    Raises `ConfigurationError` or `StorageError` when it cannot start.
    """
    events = begun.events
    systemd = Systemd(environment)
    state_directory, clock = begun.state_directory, begun.clock
    with ExitStack() as undo:
        liveness = Liveness(state_directory, clock)
        liveness.turn()
        generations = undo.enter_context(closing(Generations(begun.reading)))
        direct = DirectReporter(state_directory, clock)
        hosts = hosts_by_clock(PollingSettings(), clock)
        hosts.lease = begun.slots.lease
        beside = companion(liveness) if companion else Nobody()
        around = Surroundings(
            open_store, state_directory, clock, begun.slots, hosts, liveness, direct, systemd, beside, sharing
        )
        loading = Loading(generations, partial(FileWatch, begun.directory), around, events)
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


def _turn_until_stopped(
    events: Events, loading: Loading, liveness: Liveness, systemd: Systemd, clock: Clock
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


def _next(events: Events, wait: float) -> Event | None:
    try:
        return events.get(timeout=wait)
    except queue.Empty:
        return None


def _moves(liveness: Liveness, clock: Clock) -> bool:
    """Whether the steps come round as well. A database in trouble is no reason to restart."""
    heartbeat = liveness.status.steps.get("heartbeat")
    return heartbeat is None or heartbeat.began is None or clock() - heartbeat.began < STUCK
