"""Weeks of service in an hour: `.venv/bin/python benchmarks/archive/soak.py --help`; README.md says how.

The real service polls publishers on loopback by a clock that runs fast, and prints each few simulated hours
what its processes and files take: whether memory levels off, whether the write-ahead log stays small, whether
what is old is removed. At the end every article that was published must be stored once, and every match told
once.
"""

import argparse
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

_BENCHMARKS = Path(__file__).resolve().parents[1]
_TESTS = _BENCHMARKS.parent / "tests"
sys.path += [str(_BENCHMARKS), str(_TESTS)]

import figures  # noqa: E402
import processes  # noqa: E402
from figures import Figure  # noqa: E402

from archive.publishers import Publishers  # noqa: E402
from archive.words import COMMON, PAIR, RARE  # noqa: E402
from support.dial import Dial  # noqa: E402

_EVERY = timedelta(hours=4)
"""Between two polls of a feed."""
_LOOK = timedelta(hours=3)
_CATCH_UP = timedelta(hours=10)
"""At the end: two polls of each feed, and the digests of what they bring."""
_NOT_YET_TOLD = timedelta(hours=4)
"""Matches that are younger may still wait for their digest."""
_MATCHES = "SELECT rule_id, article_id FROM matches WHERE standing = 'news' AND matched_at < :until"
_FLAT = 1.0
"""Megabytes a simulated day, at most, in the last quarter: after 21 days nothing has a reason to grow."""
_LOG = 64.0
"""Megabytes of the write-ahead log, at most."""
_SETTINGS = """\
contact: desk@example.org
polling: {{every: {hours}h, fastest: {hours}h, slowest: {hours}h, first_poll: all, private_addresses: allow}}
articles: {{full_text: never, keep: {keep}d}}
channels: {{shelf: {{files: digests/}}}}
digests:
  hourly: {{rules: all, at: "0 * * * *", to: [shelf]}}
"""
_RULES = f"""\
rules:
  common: {{title: Common, query: '{COMMON}'}}
  rare: {{title: Rare, query: '{RARE}'}}
  pair: {{title: One of two, query: '{PAIR[0]} OR {PAIR[1]}'}}
"""


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at one moment of simulated time."""

    day: float
    """Since the beginning."""
    articles: int
    megabytes: Mapping[str, float]
    """By kind of process: its proportional set size; of several of a kind, the mean."""
    database: float
    log: float
    """Megabytes of the files."""


def main() -> int:
    """Exit status 0; 1 when something was lost, told twice, or a limit was missed."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        looks, told = _run(Path(name), options)
    print("\n".join(figures.lines(told)))
    for one in told:
        if not one.limit:
            print(f"  told   {one.name}: {figures.number(one.value)} {one.unit}")
    if options.json:
        data = f"{options.days} simulated days at {options.a_day:,} articles a day, {options.feeds} feeds"
        figures.write(options.json, figures.Told(told, data, curves=_drawn(looks)))
    return int(not all(one.holds for one in told))


def _run(folder: Path, options: argparse.Namespace) -> tuple[list[Look], list[Figure]]:
    begin = datetime(2026, 3, 2, 6, tzinfo=UTC)
    dial = Dial(folder / "dial")
    dial.turn(begin, options.rate)
    publishers = Publishers(options.feeds, options.a_day, begin, dial.now)
    _write_desk(folder, publishers.start(), options.keep)
    state = folder / "state"
    end = begin + timedelta(days=options.days)
    looks: list[Look] = []
    with _service(folder, dial) as process:
        _wait_until_running(process, folder / "log", 0)
        while dial.now() < end:
            time.sleep(_LOOK.total_seconds() / options.rate)
            if process.poll() is not None:
                raise RuntimeError(f"the service ended with {process.returncode}; {folder / 'log'} says why")
            looks.append(_look(process.pid, state, (dial.now() - begin) / timedelta(days=1)))
            print(_line(looks[-1]), flush=True)
        published = publishers.published(dial.now(), dial.now() - timedelta(days=options.keep - 1))
        time.sleep(_CATCH_UP.total_seconds() / options.rate)
        stopped_at, stopping = dial.now(), time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(120)
        stopped = time.monotonic() - stopping
    told = _accounts(state, published, stopped_at)
    return looks, [*told, *_curves(looks), Figure("a stop", stopped, "s"), _start_figure(folder, dial)]


def _accounts(state: Path, published: set[str], now: datetime) -> list[Figure]:
    """What was lost or told twice. `published`: addresses of what must be stored."""
    until = (now - _NOT_YET_TOLD).timestamp() * 1e6
    with closing(sqlite3.connect(state / "watchdesk.db")) as connection:
        urls = Counter(url for (url,) in connection.execute("SELECT url FROM articles"))
        matched = set(connection.execute(_MATCHES, {"until": until}))
    told = Counter(_told(state / "digests"))
    print(
        f"{len(published):,} published and still to be there, {len(urls):,} there, "
        f"{len(matched):,} matches, {len(told):,} told"
    )
    return [
        Figure("articles published and not stored", len(published - urls.keys()), most=0),
        Figure("articles stored twice", sum(1 for count in urls.values() if count > 1), most=0),
        Figure("matches not told", len(matched - told.keys()), most=0),
        Figure("matches told twice", sum(1 for count in told.values() if count > 1), most=0),
    ]


def _told(digests: Path) -> Iterator[tuple[str, int]]:
    """Rule and article of each match in each digest."""
    for file in digests.rglob("*.json"):
        for rule in json.loads(file.read_text())["rules"]:
            for story in rule["stories"]:
                yield from ((rule["id"], one["id"]) for one in (story["article"], *story["also_in"]))
            for brief in (*rule["more"], *rule["updates"]):
                yield from ((rule["id"], one) for one in (brief["article"]["id"], *brief["copies"]))


def _drawn(looks: Sequence[Look]) -> Mapping[str, Sequence[tuple[float, float]]]:
    kinds = dict.fromkeys(kind for look in looks for kind in look.megabytes)
    found = {
        kind: [(look.day, look.megabytes[kind]) for look in looks if kind in look.megabytes] for kind in kinds
    }
    return {**found, "write-ahead log": [(look.day, look.log) for look in looks]}


def _curves(looks: Sequence[Look]) -> Iterator[Figure]:
    """Of each kind of process: what it took in the last quarter, and by how much it grew there."""
    last = looks[len(looks) * 3 // 4 :]
    for kind in last[-1].megabytes:
        yield Figure(f"{kind}, last quarter", _mean([look.megabytes.get(kind, 0.0) for look in last]), "MB")
        growth = _slope(looks[len(looks) * 3 // 4 :], kind)
        yield Figure(f"{kind}, growth in the last quarter", growth, "MB a day", most=_FLAT)
    yield Figure("write-ahead log, most", max(look.log for look in looks), "MB", most=_LOG)
    yield Figure("database", last[-1].database, "MB")


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _slope(looks: Sequence[Look], kind: str) -> float:
    """Megabytes a day, by least squares."""
    days, sizes = [look.day for look in looks], [look.megabytes.get(kind, 0.0) for look in looks]
    day, size = _mean(days), _mean(sizes)
    across = sum((one - day) ** 2 for one in days)
    products = [(one - day) * (other - size) for one, other in zip(days, sizes, strict=True)]
    return sum(products) / across if across else 0.0


def _start_figure(folder: Path, dial: Dial) -> Figure:
    """Seconds until a started service says that it is running, with the archive that the soak has left."""
    log = folder / "log"
    before, began = log.stat().st_size, time.monotonic()
    with _service(folder, dial) as process:
        _wait_until_running(process, log, before)
        took = time.monotonic() - began
    return Figure("a start with all that (every module imported)", took, "s")


def _wait_until_running(process: subprocess.Popen[bytes], log: Path, before: int) -> None:
    """`before`: bytes of the log that earlier processes wrote."""
    end = time.monotonic() + 120
    while b"watchdesk is running" not in log.read_bytes()[before:]:
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"the service did not start: {log.read_bytes()[before:][-2000:].decode()}")
        time.sleep(0.01)


def _look(process: int, state: Path, day: float) -> Look:
    sizes: dict[str, list[float]] = {}
    for number, kind in _processes(process):
        with suppress(OSError):  # it has ended meanwhile
            sizes.setdefault(kind, []).append(processes.size(number) / 1e6)
    database = state / "watchdesk.db"
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
        (articles,) = connection.execute("SELECT count(*) FROM articles").fetchone()
    files = [database, database.with_name("watchdesk.db-wal")]
    main_file, log = (file.stat().st_size / 1e6 if file.exists() else 0.0 for file in files)
    return Look(day, articles, {kind: _mean(of_each) for kind, of_each in sizes.items()}, main_file, log)


def _processes(main_process: int) -> Iterator[tuple[int, str]]:
    """All of the service's processes, each with its kind."""
    yield main_process, "main process"
    for server in processes.children(main_process):
        yield server, "fork server"
        with suppress(OSError):  # it has ended meanwhile
            for number in processes.children(server):
                yield number, "what is done behind" if _is_nice(number) else "a poll worker"


def _is_nice(process: int) -> bool:
    """Whether others come first: the slow lane, and what is done behind."""
    try:
        return os.getpriority(os.PRIO_PROCESS, process) > 0
    except OSError:
        return False


def _line(look: Look) -> str:
    sizes = ", ".join(f"{kind} {size:.0f}" for kind, size in look.megabytes.items())
    files = f"database {look.database:,.0f}, log {look.log:.1f}"
    return f"day {look.day:5.2f}  {look.articles:8,} articles  {sizes}; {files} MB"


def _write_desk(folder: Path, urls: Sequence[str], keep: int) -> None:
    config = folder / "config"
    (config / "rules").mkdir(parents=True)
    (folder / "state").mkdir()
    settings = _SETTINGS.format(hours=_EVERY // timedelta(hours=1), keep=keep)
    (config / "watchdesk.yaml").write_text(settings)
    (config / "rules" / "desk.yaml").write_text(_RULES)
    lines = (f"  paper-{number}: {{feed: '{url}'}}\n" for number, url in enumerate(urls))
    (config / "sources.yaml").write_text("sources:\n" + "".join(lines))


@contextmanager
def _service(folder: Path, dial: Dial) -> Iterator[subprocess.Popen[bytes]]:
    places = ["--config", str(folder / "config"), "--state", str(folder / "state")]
    command = [sys.executable, "-m", "archive.clocked", str(dial.path), *places, "run"]
    environment = {**os.environ, "PYTHONPATH": f"{_BENCHMARKS}{os.pathsep}{_TESTS}"}
    with (folder / "log").open("ab") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env=environment)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(120)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--days", type=float, default=30)
    add("--a-day", type=int, default=5_000, metavar="ARTICLES")
    add("--feeds", type=int, default=250)
    add("--keep", type=int, default=400, metavar="DAYS", help="how long articles are kept")
    add("--rate", type=float, default=600, help="simulated seconds in each second")
    add("--json", type=Path, metavar="FILE", help="write all figures and curves")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
