"""Which process wrote a status file, and whether it is still there."""

import os
import time
from pathlib import Path

from watchdesk.model import Account
from watchdesk.service.liveness.status import Process

_ENDED = -1
"""In place of the start of a process that has ended and was not waited for yet."""


def _name_of(uid: int) -> str:
    from pwd import getpwuid  # noqa: PLC0415 - seldom is somebody named

    try:
        return getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


class Processes:
    """The processes of a machine, by proc(5). `root` stands for / in tests."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._proc = root / "proc"

    def own(self) -> Process:
        """This process."""
        pid = os.getpid()
        return Process(pid, self._started(pid), self.boot(), self._namespace())

    @staticmethod
    def clock() -> float:
        """Seconds since the machine started, as CLOCK_MONOTONIC counts them."""
        return time.clock_gettime(time.CLOCK_MONOTONIC)

    def same_boot(self, process: Process) -> bool:
        """Whether the machine has run on since; without that, clocks and numbers mean nothing."""
        return process.boot is not None and process.boot == self.boot()

    def is_gone(self, process: Process) -> bool | None:
        """Whether it has ended; None where that cannot be seen from here, as in another container."""
        if process.boot is None or self.boot() is None:
            return None
        if not self.same_boot(process):
            return True
        if process.pid_namespace is None or process.pid_namespace != self._namespace():
            return None
        try:
            os.kill(process.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass
        started = self._started(process.pid)
        return started is not None and process.started is not None and started != process.started

    def account(self, pid: int) -> Account | None:
        """As whom a process works that is there; None where that cannot be seen (proc(5), status)."""
        try:
            said = (self._proc / str(pid) / "status").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        found = {
            name: values.split() for name, _, values in (line.partition(":") for line in said.splitlines())
        }
        try:
            uid, gid = int(found["Uid"][1]), int(found["Gid"][1])
            groups = frozenset((gid, *map(int, found["Groups"])))
        except (KeyError, IndexError, ValueError):
            return None
        return Account(uid, groups, _name_of(uid))

    def _started(self, pid: int) -> int | None:
        try:
            stat = (self._proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        after_name = stat.rpartition(")")[2].split()
        state, started = after_name[0], after_name[19]
        return _ENDED if state in "ZX" else int(started)

    def boot(self) -> str | None:
        """This run of the machine, by its boot id (proc(5)); None where it cannot be seen."""
        try:
            return (self._proc / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        except OSError:
            return None

    def _namespace(self) -> str | None:
        try:
            return str((self._proc / "self/ns/pid").readlink())
        except OSError:
            return None
