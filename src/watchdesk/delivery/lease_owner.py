"""The owner of a lease: a name that tells whether its process still lives, and returning dead owners'
leases.

A process judges only names of its own machine, boot and PID namespace (pid_namespaces(7)), because
process numbers mean nothing elsewhere. Containers may share a name and a number.
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
    """A name for this process that no other has, on any machine, at any time. Each call gives a new one."""
    process = os.getpid()
    return f"{_where()}:{process}:{_started(process) or ''}:{secrets.token_hex(4)}"


def release_dead_leases(store: OutboxStore, now: datetime) -> int:
    """Returns the leases of dead processes that this process can judge; how many there were.

    What they were sending is repeated at once under its identity, and not only when the leases run out;
    until then they would count as in flight. Everything else that is due goes first: if sending crashes
    this process (in a third party's code), nothing else is lost with it.
    """
    return sum(store.release(owner, now) for owner in store.lease_owners() if _is_gone(owner))


def _where() -> str:
    """Host name, boot id and PID namespace; the host name is there for people."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
        space = str((_PROC / "self/ns/pid").stat().st_ino)
    except OSError:  # not Linux, which alone has containers
        return socket.gethostname()
    return f"{socket.gethostname()}:{boot}:{space}"


def _started(process: int) -> str | None:
    """When it started, in ticks since boot (proc_pid_stat(5)); None: no such process, or not known."""
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
