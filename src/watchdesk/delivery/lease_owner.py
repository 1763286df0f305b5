"""Who holds a lease: the name by which it is known whether the process lives, and its leases are given back.

A process is judged by its own kind alone: numbers of processes mean something only within one running
machine, and within one of its namespaces (pid_namespaces(7)). Containers may share name and number.
"""

import os
import re
import secrets
import socket
from datetime import datetime
from pathlib import Path

from watchdesk.ports import OutboxStore

_PROC = Path("/proc")
_NAME = re.compile(r"(?P<where>.+):(?P<process>\d+):(?P<started>\d*):[0-9a-f]+", re.DOTALL)


def lease_owner_name() -> str:
    """This process, in words that no other has, on any machine, at any time; each call gives others."""
    process = os.getpid()
    return f"{_where()}:{process}:{_started(process) or ''}:{secrets.token_hex(4)}"


def release_dead_leases(store: OutboxStore, now: datetime) -> int:
    """Gives back what processes held that are gone, of those that this one can know of.

    How many there were. What they were sending is repeated at once, under its identity, rather than when
    the leases run out; until then they would count as in flight. All else that is due goes first: if the
    sending itself ends the process (a crash in a third party's code), it takes nothing else with it.
    """
    return sum(store.release(owner, now) for owner in store.lease_owners() if _is_gone(owner))


def _where() -> str:
    """The machine since it was started, and the namespace of its processes; the name is for people."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
        space = str((_PROC / "self/ns/pid").stat().st_ino)
    except OSError:  # not Linux, which alone has containers
        return socket.gethostname()
    return f"{socket.gethostname()}:{boot}:{space}"


def _started(process: int) -> str | None:
    """When, in ticks since the machine was (proc_pid_stat(5)); None: there is none, or it is not told."""
    try:
        written = (_PROC / str(process) / "stat").read_text("utf-8", "replace")
    except OSError:
        return None
    return written.rpartition(")")[2].split()[19]


def _is_gone(owner: str) -> bool:
    name = _NAME.fullmatch(owner)
    if name is None or name["where"] != _where():
        return False
    process = int(name["process"])
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        pass  # there is one, of another user
    started = _started(process)
    return bool(started and name["started"]) and started != name["started"]
