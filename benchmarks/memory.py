"""Memory of the running service: `.venv/bin/python benchmarks/memory.py --help`; README.md says how.

Proportional set size: a page that several processes share counts in each of them by its share. Measured once
the service and its poll workers are up, with many sources, none of them due; then with some of them due, once
those have been polled for the first time: of each new article it keeps what later ones are compared to.
"""

import argparse
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import figures
import processes
from figures import Figure
from matching.lexicon import Lexicon
from matching.newswire import newswire
from matching.rulebook import write_rules
from polling.known_desk import write_known_desk
from polling.newsroom import host_of

_MAIN, _ALL, _ANOTHER = 130.0, 350.0, 60.0
"""Megabytes: of the main process, of all with two workers, and of each further worker."""
_SETTLED = 5.0
"""Seconds without another process: then all are up."""
_PATIENCE = 180.0
_POLLING = 1800.0
"""Seconds within which all due sources are polled."""
_ENTRIES = 20


def main() -> int:
    """Exit status 0; 1 when a limit is missed."""
    options = _options()
    rules = write_rules("narrow", options.rules, Lexicon(newswire(400, 2)), 1).yaml
    main_process, two = _measured(options.sources, rules, workers=2)
    _, three = _measured(options.sources, rules, workers=3)
    polled_main, polled_all = _polled(options.sources, rules, options.polled)
    after = f"after {options.polled:,} polls of {_ENTRIES} new articles"
    told = [
        Figure("main process", main_process, "MB", most=_MAIN),
        Figure("all processes, two workers", two, "MB", most=_ALL),
        Figure("one worker more", three - two, "MB", most=_ANOTHER),
        Figure(f"main process, {after}", polled_main, "MB"),
        Figure(f"all processes, {after}", polled_all, "MB"),
    ]
    print("\n".join(figures.lines(told)))
    for one in told:
        if not one.limit:
            print(f"  told   {one.name}: {figures.number(one.value)} {one.unit}")
    if options.json:
        data = f"{options.sources:,} sources, none due but those polled, and {options.rules:,} desk rules"
        figures.write(options.json, figures.Told(told, data))
    return int(not all(one.holds for one in told))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--polled", type=int, default=1_000, help="sources that are polled, in the last run")
    parser.add_argument("--rules", type=int, default=10_000)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    return parser.parse_args()


def _measured(sources: int, rules: str, workers: int) -> tuple[float, float]:
    """Megabytes of the main process, and of all."""
    with tempfile.TemporaryDirectory(prefix="memory-") as name:
        places = write_known_desk(Path(name), sources, rules, workers)
        with _service(places, Path(name) / "log") as process:
            every = _when_settled(process, workers)
            sizes = [processes.size(number) / 1e6 for number in every]
    return sizes[0], sum(sizes)


def _polled(sources: int, rules: str, due: int) -> tuple[float, float]:
    """Megabytes of the main process, and of all, two workers, once as many sources were polled."""
    with tempfile.TemporaryDirectory(prefix="memory-") as name, _newsroom(due) as urls:
        places = write_known_desk(Path(name), sources, rules, 2, urls)
        with _service(places, Path(name) / "log") as process:
            _when_settled(process, 2)
            _wait_for_articles(Path(name) / "state" / "watchdesk.db", due)
            sizes = [processes.size(number) / 1e6 for number in _when_settled(process, 2)]
    return sizes[0], sum(sizes)


@contextmanager
def _newsroom(feeds: int) -> Iterator[Sequence[str]]:
    """While it serves: the addresses of its feeds."""
    command = [sys.executable, "-m", "polling.newsroom", f"--feeds={feeds}", f"--entries={_ENTRIES}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent)
    try:
        assert process.stdout
        port = process.stdout.readline().strip()
        yield [f"http://{host_of(number)}:{port}/{number}.xml" for number in range(feeds)]
    finally:
        process.terminate()
        process.communicate()


def _wait_for_articles(database: Path, sources: int) -> None:
    """Returns once articles of as many sources are stored."""
    end = time.monotonic() + _POLLING
    while time.monotonic() < end:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            (found,) = connection.execute("SELECT count(DISTINCT source_id) FROM articles").fetchone()
        if found >= sources:
            return
        time.sleep(1.0)
    raise TimeoutError(f"{sources} sources were not polled within {_POLLING:.0f} s")


@contextmanager
def _service(places: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "watchdesk", "--log-level", "warning", *places, "run"]
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)


def _when_settled(process: subprocess.Popen[bytes], workers: int) -> list[int]:
    """The service and all below it, the service first, once nothing has changed for a while."""
    end = time.monotonic() + _PATIENCE
    before, since = [process.pid], time.monotonic()
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the service ended with {process.returncode}")
        every = [process.pid, *processes.below(process.pid)]
        if every != before:
            before, since = every, time.monotonic()
        elif len(every) > workers and time.monotonic() - since > _SETTLED:
            return every
        time.sleep(0.2)
    raise TimeoutError(f"the service was not up within {_PATIENCE:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
