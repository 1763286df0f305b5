"""Starts the real command in children of a process that has imported everything: in a tenth of the time.

`warm.script` starts it. It reads a JSON document a line and answers with numbers. A child may be given the
time by a dial, and ticks that are shorter than a second, so that more happens between two kills; else it is
the command.
"""

import gc
import importlib
import itertools
import json
import os
import pkgutil
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from apscheduler.schedulers import base as schedulers

import watchdesk
from support.dial import Dial
from support.digests import BRUSSELS, ordinary, render_plain
from watchdesk import articles
from watchdesk.cli import main
from watchdesk.cli import session as cli_session
from watchdesk.errors import StorageError
from watchdesk.model import PollPart, Stored
from watchdesk.service import jobs as service_jobs
from watchdesk.service import run as service_run
from watchdesk.sources.web import http
from watchdesk.store import SqlStore


def import_everything() -> None:
    """What the children would import, and the templates that they would compile, each for itself."""
    for found in pkgutil.walk_packages(watchdesk.__path__, "watchdesk."):
        if ".migrations" not in found.name and not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    articles.prepare()
    render_plain(ordinary(), BRUSSELS, "en")


def freeze() -> None:
    """Keeps the collector from all that is there: looking at it, each child would copy the memory of it."""
    gc.collect()
    gc.freeze()
    gc.enable()


def set_clock(dial: Dial, *, of_machine: bool) -> None:
    """Gives every part of the program the time of the dial; as the machine's, APScheduler too."""
    told_by_machine = cli_session.utc_now
    for name, module in list(sys.modules.items()):
        if name.startswith("watchdesk.") and getattr(module, "utc_now", None) is told_by_machine:
            vars(module)["utc_now"] = dial.now

    set_clock_of_hosts(dial.now)
    if of_machine:
        for module in (schedulers, service_jobs):
            vars(module)["datetime"] = _told_by(dial.now)


def set_clock_of_hosts(clock: Callable[[], datetime]) -> None:
    """Of the one part that reads the machine's time by itself: when hosts may be asked again."""
    vars(http)["datetime"] = _told_by(clock)


def _told_by(clock: Callable[[], datetime]) -> type[datetime]:
    class Told(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return clock().astimezone(tz)

    return Told


def set_pace(name: str, seconds: float) -> None:
    """A constant of the program, such as `service.telling.LATE`."""
    module, _, constant = f"{watchdesk.__name__}.{name}".rpartition(".")
    before = vars(sys.modules[module])[constant]
    vars(sys.modules[module])[constant] = (
        timedelta(seconds=seconds) if isinstance(before, timedelta) else seconds
    )


def die_at_write(number: int, *, written: bool) -> None:
    """Kills this process with the Nth transaction of what poll workers hand over.

    `written`: after it, before any worker has its answer; else just before it.
    """
    write, counted = SqlStore.ingest_together, itertools.count(1)

    def mortal(store: SqlStore, parts: Sequence[PollPart]) -> Sequence[Sequence[Stored] | StorageError]:
        is_last = next(counted) == number
        if is_last and not written:
            os.kill(os.getpid(), signal.SIGKILL)
        found = write(store, parts)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    SqlStore.ingest_together = mortal  # type: ignore[method-assign, assignment]


def start(asked: dict[str, Any]) -> int:
    """The child's process id."""
    child = os.fork()
    if child:
        return child
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for path, target in ((asked["log"], 1), (asked.get("errors", asked["log"]), 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), target)
    if "environment" in asked:
        os.environ.clear()
        os.environ.update(asked["environment"])
    if asked["dial"]:
        set_clock(Dial(Path(asked["dial"])), of_machine=asked["of_machine"])
        # Hosts of a fleet go by the time of their database, which no dial turns.
        sys.modules["procrastinate"] = None  # type: ignore[assignment]
    if asked["tick"]:
        vars(service_run)["TICK"] = timedelta(seconds=asked["tick"])
    for name, seconds in asked["paces"].items():
        set_pace(name, seconds)
    if asked.get("dies_at_write"):
        die_at_write(asked["dies_at_write"], written=asked["written"])
    sys.argv = ["watchdesk", *asked["arguments"]]
    try:
        main()
    except SystemExit as ended:
        sys.stdout.flush()
        os._exit(int(ended.code or 0))
    os._exit(0)


def serve() -> None:
    """Obeys until its input ends; then it ends what is left of its children.

    A service that outlived its tests would go on with what later ones serve at the same port.
    """
    import_everything()
    freeze()
    children: set[int] = set()
    for line in sys.stdin:
        asked = json.loads(line)
        if "arguments" in asked:
            told: list[int] = [start(asked)]
            children.update(told)
        elif "look" in asked:
            told = list(os.waitpid(asked["look"], os.WNOHANG))
            children.discard(told[0])
        else:
            told = [os.waitpid(asked["wait"], 0)[1]]
            children.discard(asked["wait"])
        sys.stdout.write(" ".join(map(str, told)) + "\n")
        sys.stdout.flush()
    for child in children:
        os.kill(child, signal.SIGKILL)
