"""Commands in processes of their own that start warm: children of one that has imported everything.

An import takes most of a start. Who tests the start itself, or memory, starts `python -m watchdesk`.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[1]


def script(module: str, *arguments: str) -> list[str]:
    """The command that runs `serve` of a module of the tests.

    Its imports leave no garbage to search for: `nursery.freeze` sets the collector to work again.
    """
    return [sys.executable, "-c", f"import gc; gc.disable(); from {module} import serve; serve()", *arguments]


class _Nursery:
    """`nursery.py`, which ends with the tests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        paths = [str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            script("support.nursery"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )

    def ask(self, **asked: object) -> list[int]:
        with self._lock:
            assert self._process.stdin
            assert self._process.stdout
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            return [int(number) for number in self._process.stdout.readline().split()]

    def close(self) -> None:
        self._process.communicate()


@cache
def nursery() -> _Nursery:
    """One for all tests of this process."""
    return _Nursery()


def close() -> None:
    """Ends it, if it was needed."""
    if nursery.cache_info().currsize:
        nursery().close()
        nursery.cache_clear()


class Warm:
    """A started command, as `subprocess.Popen` would have it."""

    def __init__(
        self,
        arguments: list[str],
        log: Path,
        environment: dict[str, str],
        paces: Mapping[str, float],
        *,
        errors: Path | None = None,
    ) -> None:
        """`log`: takes what it says, but for what goes to `errors`."""
        asked = {"dial": None, "tick": None, "of_machine": False, "paces": paces}
        streams = {"log": str(log), "errors": str(errors or log)}
        [self.pid] = nursery().ask(arguments=arguments, environment=environment, **streams, **asked)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit status, or the negative of the signal that ended it; None while it runs."""
        if self.returncode is None:
            ended, status = nursery().ask(look=self.pid)
            if ended:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, once it has ended. Raises `subprocess.TimeoutExpired`."""
        end = time.monotonic() + timeout if timeout is not None else None
        while (status := self.poll()) is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired("watchdesk", timeout or 0)
            time.sleep(0.02)
        return status

    def send_signal(self, number: int) -> None:
        """Sends it while it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)
