"""Whole commands, beside a Python that imports click and ends."""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from short.turns import Pair

_CONFIG = Path(__file__).resolve().parent.parent.parent / "config"


def pairs() -> Iterator[Pair]:
    """What each must not load, a test of its own holds."""
    click = [sys.executable, "-c", "import click"]
    watchdesk = [sys.executable, "-m", "watchdesk"]
    with tempfile.TemporaryDirectory(prefix="ratios-") as state:
        shipped = [*watchdesk, "--config", str(_CONFIG), "--state", state]
        _run([*shipped, "silence", "--list"])  # there is a database from here on
        for name, floor, command in (
            ("--version", 0.42, [*watchdesk, "--version"]),
            ("status", 0.03, [*shipped, "status"]),
        ):
            yield Pair(f"{name}, import click", floor, partial(_run, command), partial(_run, click), cpu=_cpu)


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, capture_output=True, check=False)


def _cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU of the processes that ended meanwhile."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
