"""A desk of very many sources, in the real service: `.venv/bin/python benchmarks/many_sources.py --help`.

What `check` costs; how soon a started service is running and polls; how many polls a second it makes before,
during and after a reload, and what all of its processes have in memory meanwhile; what commands cost that
look at every source. Each source has a host of its own on loopback, and nginx answers for all of them. The
service runs from PYTHONPATH, so that another version can be measured by the same script.
"""

import argparse
import http.client
import itertools
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import figures
import processes
from figures import Figure
from scaling.desk import FORMS, write_desk
from scaling.feeds import Feeds, host_of
from scaling.nginx import Server, serving

_START = datetime(2026, 3, 2, 6, tzinfo=UTC)
_MANY = 100_000
"""Sources of which the limits are."""
_PATIENCE = 180.0
_LOOK = 0.25
_LOOKS = itertools.count(2)
"""How often this script has asked nginx something, the look itself included."""
_REQUESTS = re.compile(rb"\n\s*\d+ \d+ (\d+)")


def main() -> int:
    """Exit status 0; 1 when a limit is missed."""
    options = _options()
    told: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="many-") as name:
        if "check" in options.parts:
            told += _check(Path(name) / "check", options.sources)
        if {"reload", "commands"} & set(options.parts):
            told += _service(Path(name), options)
    for one in told:
        print(f"  {one.name:45}{one.value:10.2f} {one.unit}")
    print("\n".join(figures.lines(told)))
    if options.json:
        figures.write(options.json, figures.Told(told, f"{options.sources:,} sources every {options.every}"))
    return int(not all(one.holds for one in told))


def _check(folder: Path, sources: int) -> Iterator[Figure]:
    limit = 4.0 if sources >= _MANY else None
    for form in FORMS:
        config = write_desk(folder, sources, form)
        seconds = _cost(_watchdesk(config, folder / "state", "check"))
        yield Figure(f"check, {form}", seconds, "s of CPU", most=limit)


def _service(folder: Path, options: argparse.Namespace) -> list[Figure]:
    feeds = Feeds(options.sources, 0.0, _START, 1)
    (folder / "served").mkdir()
    with serving(feeds, folder / "served") as server:
        config = write_desk(folder, options.sources, "folder", server.url, options.every)
        state = folder / "state"
        told: list[Figure] = []
        with _running(config, state, server) as run:
            told += _start(run)
            if "reload" in options.parts:
                told += _reload(run, options.seconds, 80 if options.sources >= _MANY else None)
        if "commands" in options.parts:
            told += _commands(config, state)
        return told


@dataclass
class _Run:
    process: int
    log: Path
    server: Server
    begun: float
    memory: list[tuple[float, int]] = field(default_factory=list)
    """Bytes of all processes together (PSS), and when."""

    def polls(self) -> int:
        """Requests that were answered so far."""
        return _requests(self.server)

    def wait_for(self, words: str, times: int = 1) -> float:
        """When the log says it; it is looked at all the time."""
        end = time.monotonic() + _PATIENCE
        while self.log.read_text(errors="replace").count(words) < times:
            if time.monotonic() > end:
                raise TimeoutError(f"the log does not say {words!r}")
            time.sleep(0.02)
        return time.monotonic()

    def most_memory(self, since: float, until: float) -> float:
        """The most within a time, in MB."""
        return max((size for moment, size in self.memory if since <= moment <= until), default=0) / 1e6


def _start(run: _Run) -> Iterator[Figure]:
    running = run.wait_for("watchdesk is running")
    yield Figure("start: until it is running", running - run.begun, "s", most=5.0)
    yield Figure("start: CPU of all processes", _cpu_below(run.process), "s")
    while not run.polls():
        time.sleep(0.01)
    yield Figure("start: until the first poll", time.monotonic() - run.begun, "s")


def _reload(run: _Run, seconds: float, least: float | None) -> Iterator[Figure]:
    time.sleep(seconds / 2)
    before = _rate(run, lambda: time.sleep(seconds))
    began = time.monotonic()
    cpu = _cpu_below(run.process)
    took: list[float] = []

    def reload() -> None:
        os.kill(run.process, signal.SIGHUP)
        took.append(run.wait_for("configuration reloaded") - began)

    during = _rate(run, reload)
    cpu = _cpu_below(run.process) - cpu
    after = _rate(run, lambda: time.sleep(seconds))
    end = time.monotonic()
    yield Figure("polls a second, before", before)
    yield Figure("polls a second, during a reload", during)
    yield Figure("polls a second, after", after)
    yield Figure("polls kept during a reload", 100 * during / before, "%", least=least)
    yield Figure("a reload, until the new plan is in force", took[0], "s")
    yield Figure("CPU meanwhile, polls included", cpu, "s")
    yield Figure("memory of all processes, before", run.most_memory(began - seconds, began), "MB")
    yield Figure("memory of all processes, most", run.most_memory(began, end), "MB")
    yield Figure("memory of all processes, after", run.most_memory(end - seconds / 3, end), "MB")
    for name, size in _each_memory(run.process):
        print(f"  {name:40}{size / 1e6:8.1f} MB")


def _rate(run: _Run, work: Callable[[], object]) -> float:
    polls, began = run.polls(), time.monotonic()
    work()
    return (run.polls() - polls) / (time.monotonic() - began)


def _commands(config: Path, state: Path) -> Iterator[Figure]:
    for command in (["sources"], ["sources", "--json"], ["status"], ["status", "--json"]):
        yield Figure(" ".join(command), _cost(_watchdesk(config, state, *command)), "s of CPU")


@contextmanager
def _running(config: Path, state: Path, server: Server) -> Iterator[_Run]:
    log = config.parent / "log"
    with log.open("wb") as said:
        begun = time.monotonic()
        command = _watchdesk(config, state, "run")
        process = subprocess.Popen(command, stdout=said, stderr=said, start_new_session=True)
    run, over = _Run(process.pid, log, server, begun), threading.Event()

    def look() -> None:
        while not over.wait(_LOOK):
            run.memory.append((time.monotonic(), sum(size for _, size in _each_memory(process.pid))))

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield run
    finally:
        over.set()
        looking.join()
        process.terminate()
        process.wait(60)


def _watchdesk(config: Path, state: Path, *arguments: str) -> Sequence[str]:
    return [sys.executable, "-m", "watchdesk", "--config", str(config), "--state", str(state), *arguments]


def _cost(command: Sequence[str]) -> float:
    """Seconds of CPU of a whole command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=False, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _requests(server: Server) -> int:
    connection = http.client.HTTPConnection(host_of(0), server.port, timeout=5)
    with closing(connection):
        connection.request("GET", "/status")
        found = _REQUESTS.search(connection.getresponse().read())
    asked = int(found[1]) if found else 0
    return asked - next(_LOOKS)


def _processes(session: int) -> Iterator[int]:
    """All processes of a session: those whose parent has ended are below it no more."""
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and os.getsid(int(entry.name)) == session:
                yield int(entry.name)
        except ProcessLookupError:
            continue


def _each_memory(process: int) -> list[tuple[str, int]]:
    """Each process of the session, and the bytes that it has, its part of what it shares included."""
    found = []
    for one in _processes(process):
        with suppress(OSError):  # it has ended meanwhile
            found.append((f"process {one}", processes.size(one)))
    return found


def _cpu_below(process: int) -> float:
    """Seconds of all processes of the session that live."""
    return sum(map(processes.cpu, _processes(process)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sources", type=int, default=100_000)
    parser.add_argument("--every", default="15m")
    parser.add_argument("--seconds", type=float, default=20.0, help="measured before and after a reload")
    parser.add_argument("--parts", nargs="+", default=["check", "reload", "commands"])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
