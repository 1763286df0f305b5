"""One pass over a desk (poll, make digests, send) in a process that dies by SIGKILL at its Nth statement.

A script: it reads a JSON document a line, does what it says in a forked child, and answers with one. The
statements that count are the lines, as the interpreter comes to them, of `pipeline`, `polling`, `digesting`,
`reporting`, `remembered`, `store` and `delivery`, but for modules that only turn values into values. Nothing
of the product is changed.
"""

import json
import os
import random
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import watchdesk
from support.nursery import freeze, import_everything, set_clock_of_hosts
from watchdesk import sources
from watchdesk.app import build_plan
from watchdesk.configuration import read_configuration
from watchdesk.pipeline import poll_source
from watchdesk.plan import Plan
from watchdesk.service import send_now
from watchdesk.store import open_store

ROOT = str(Path(watchdesk.__file__).parent)
ROOMS = ("pipeline.py", "polling/", "digesting/", "reporting.py", "remembered.py", "store/", "delivery/")
PATHS = tuple(f"{ROOT}/{room}" for room in ROOMS)
APART = tuple(
    f"{ROOT}/{module}"
    for module in (
        "store/migrations/",
        "store/tables.py",
        "store/rows.py",
        "store/states.py",
        "store/batches.py",
        "delivery/mail/message.py",
        "delivery/mail/addresses.py",
        "delivery/signature.py",
    )
)

Tracer = Callable[[FrameType, str, Any], Any]


class Lines:
    """Counts statements, and ends the process before one of them."""

    def __init__(self, die_at: int | None) -> None:
        self._found: list[tuple[CodeType, int]] = []
        self._die_at = die_at
        self._counts: dict[str, bool] = {}

    @property
    def places(self) -> list[str]:
        """The statements it came to."""
        return [f"{code.co_filename[len(ROOT) + 1 :]}:{line}" for code, line in self._found]

    def __call__(self, frame: FrameType, _event: str, _argument: object) -> Tracer | None:
        name = frame.f_code.co_filename
        counts = self._counts.get(name)
        if counts is None:
            counts = self._counts[name] = name.startswith(PATHS) and not name.startswith(APART)
        return self._line if counts else None

    def _line(self, frame: FrameType, event: str, _argument: object) -> Tracer:
        if event == "line":
            self._found.append((frame.f_code, frame.f_lineno))
            if len(self._found) == self._die_at:
                os.kill(os.getpid(), signal.SIGKILL)
        return self._line


def one_pass(plan: Plan, state: Path, now: datetime) -> None:
    """What the service does in its rounds, one step after the other."""
    clock, rng = lambda: now, random.Random(7)
    set_clock_of_hosts(clock)
    store = open_store(plan.settings.storage, state)
    for group in sources.by_request(plan.settings.sources.values()):
        known = store.source_states([source.id for source in group])
        poll_source(plan, store, group, known, clock, rng, lambda after: store.save_states([after]))
    send_now(plan, store, f"mortal {os.getpid()}", clock, rng)
    store.close()


def live(plan: Plan, state: Path, asked: dict[str, Any]) -> list[str] | None:
    """The statements that it came to, when traced; None when it died of one."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the log
        lines = Lines(asked["die_at"])
        try:
            if asked["traced"]:
                sys.settrace(lines)
            one_pass(plan, state, datetime.fromisoformat(asked["now"]))
            sys.settrace(None)
            with os.fdopen(writing, "w") as pipe:
                json.dump(lines.places, pipe)
        except BaseException:  # noqa: BLE001 - a forked child must never go on as its parent
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return None
    assert status == 0, "the pass failed by itself"
    found: list[str] = json.loads(told)
    return found


def serve() -> None:
    """Obeys until its input ends."""
    import_everything()
    state = Path(sys.argv[2])
    plan = build_plan(read_configuration(Path(sys.argv[1])), state)
    plan.rules.prepare()
    freeze()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(live(plan, state, json.loads(line))) + "\n")
        sys.stdout.flush()
