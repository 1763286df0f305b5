"""What more hosts bring a fleet: `.venv/bin/python benchmarks/fleet/curve.py --help`.

One, two and four services on one PostgreSQL poll sites whose answers take a second, each with eight
requests under way. Told are polls a second by the sites' own count, and what a poll costs: CPU time of the
hosts' and of PostgreSQL's processes, and statements. It needs pg_stat_statements, and no other load.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(_HERE.parent))
sys.path.append(str(_HERE.parents[1] / "tests"))  # the throwaway PostgreSQL is the tests' own

import figures  # noqa: E402
import processes  # noqa: E402
import psycopg  # noqa: E402
from figures import Figure  # noqa: E402

from support.postgresql import Cluster, throwaway_cluster  # noqa: E402

TAKES = 1.0
"""Seconds for which a site keeps a poll waiting."""
SITES = 240
"""Each with a feed: so many that no host ever waits for the rest of one."""
SETTINGS = """\
storage: "%s"
contact: desk@example.org
web: {listen: null}
polling:
  {every: 2s, fastest: 2s, slowest: 2s, first_poll: all, private_addresses: allow, concurrency: 8, workers: 1}
articles: {full_text: never}
channels: {shelf: {files: digests/}}
digests: {flash: {title: Flash, rules: all, at: once, to: [shelf]}}
"""
RULES = "rules:\n  never:\n    title: Never\n    query: zyzzyva\n"
FEED = b'<rss version="2.0"><channel><title>Nothing new</title></channel></rss>\n'
TWICE, FOUR_TIMES, DEARER = 1.9, 3.6, 1.15


class Sites:
    """A web server on all of loopback, which answers late, and counts."""

    def __init__(self) -> None:
        self.answers = 0
        self.known: set[str] = set()
        """Addresses that were asked."""
        self.port = 0
        self._up = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        self._up.wait(20)

    def url(self, number: int) -> str:
        """Of a feed."""
        return f"http://127.3.{number // 200}.{number % 200 + 1}:{self.port}/feed"

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._answer, "0.0.0.0", 0, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        self._up.set()
        await server.serve_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while asked := await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(TAKES)
                if b'"same"' in asked:
                    writer.write(b'HTTP/1.1 304 Not Modified\r\nETag: "same"\r\n\r\n')
                else:
                    head = f'HTTP/1.1 200 OK\r\nETag: "same"\r\nContent-Length: {len(FEED)}\r\n\r\n'
                    writer.write(head.encode() + FEED)
                await writer.drain()
                self.answers += 1
                self.known.add(writer.get_extra_info("sockname")[0])
        writer.close()


@dataclass(frozen=True, slots=True)
class Measured:
    """Of a fleet of some size."""

    polls: float
    """A second."""
    hosts_cpu: float
    database_cpu: float
    """Milliseconds a poll."""
    statements: float
    """A poll."""


def main() -> int:
    """Exit status 0; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hosts", type=int, nargs="+", default=[1, 2, 4], metavar="N")
    parser.add_argument("--seconds", type=float, default=60.0, help="for which each fleet is measured")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    sites = Sites()
    with throwaway_cluster() as cluster:
        _count_statements(cluster)
        measured = {count: _measured(sites, cluster, count, options.seconds) for count in options.hosts}
    told = list(_figures(measured))
    for count, one in measured.items():
        print(
            f"{count} hosts: {one.polls:.1f} polls/s; a poll: {one.hosts_cpu:.1f} ms of CPU in hosts, "
            f"{one.database_cpu:.1f} ms in PostgreSQL, {one.statements:.1f} statements"
        )
    print("\n".join(figures.lines(told)))
    if options.json:
        data = f"{SITES} sites with a feed each, answers after {TAKES:g} s, eight requests under way a host"
        figures.write(options.json, figures.Told(told, data))
    return int(not all(one.holds for one in told))


def _figures(measured: Mapping[int, Measured]) -> Iterator[Figure]:
    first = measured[min(measured)]
    for count, one in measured.items():
        yield Figure(f"{count} hosts, polls", one.polls, "a second")
        yield Figure(f"{count} hosts, CPU of a poll in hosts", one.hosts_cpu, "ms")
        yield Figure(f"{count} hosts, CPU of a poll in PostgreSQL", one.database_cpu, "ms")
        yield Figure(f"{count} hosts, statements of a poll", one.statements)
        least = {2: TWICE, 4: FOUR_TIMES}.get(count)
        if least and min(measured) == 1:
            yield Figure(f"{count} hosts, times the polls of one", one.polls / first.polls, least=least)
            cpu = (one.hosts_cpu + one.database_cpu) / (first.hosts_cpu + first.database_cpu)
            yield Figure(f"{count} hosts, times the CPU of a poll of one", cpu, most=DEARER)
            statements = one.statements / first.statements
            yield Figure(f"{count} hosts, times the statements of a poll of one", statements, most=DEARER)


def _measured(sites: Sites, cluster: Cluster, count: int, seconds: float) -> Measured:
    storage = cluster.new_database()
    cluster.say(storage, "CREATE EXTENSION pg_stat_statements")
    with ExitStack() as undo:
        folder = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="fleet-")))
        sites.known.clear()
        hosts = [undo.enter_context(_host(folder / str(n), storage, sites)) for n in range(count)]
        _wait_until_known(sites)
        server = int((cluster.data / "postmaster.pid").read_text().split()[0])
        before = _taken(hosts, server, storage), sites.answers, time.monotonic()
        time.sleep(seconds)
        after = _taken(hosts, server, storage), sites.answers, time.monotonic()
    polls = after[1] - before[1]
    hosts_cpu, database_cpu, statements = (b - a for a, b in zip(before[0], after[0], strict=True))
    return Measured(
        polls / (after[2] - before[2]),
        1000 * hosts_cpu / polls,
        1000 * database_cpu / polls,
        statements / polls,
    )


def _taken(hosts: Sequence[int], server: int, storage: str) -> tuple[float, float, float]:
    """Seconds of CPU in hosts and in the server, and statements, so far."""
    with psycopg.connect(storage) as connection:
        row = connection.execute(
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE dbid = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())"
        ).fetchone()
    cpu = sum(processes.cpu_with_all_below(host) for host in hosts)
    return cpu, _with_ended(server), float(row[0]) if row else 0.0


def _with_ended(server: int) -> float:
    """Seconds of CPU of a process, of its children, and of those of them that have ended."""
    said = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()  # proc_pid_stat(5)
    seconds = sum(map(int, said[11:15])) / os.sysconf("SC_CLK_TCK")
    for child in processes.children(server):
        with suppress(OSError):  # it has ended meanwhile
            seconds += processes.cpu(child)
    return seconds


def _wait_until_known(sites: Sites) -> None:
    """Every feed has been polled, and the hosts have come to their pace."""
    deadline = time.monotonic() + 300
    while len(sites.known) < SITES:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the hosts did not poll every site; {sites.answers} answers")
        time.sleep(0.1)
    time.sleep(5)


@contextmanager
def _host(folder: Path, storage: str, sites: Sites) -> Iterator[int]:
    """A service, by its process."""
    (folder / "config" / "rules").mkdir(parents=True)
    (folder / "config" / "watchdesk.yaml").write_text(SETTINGS % storage)
    feeds = "".join(f"  s{number}: {{feed: '{sites.url(number)}'}}\n" for number in range(SITES))
    (folder / "config" / "sources.yaml").write_text(f"sources:\n{feeds}")
    (folder / "config" / "rules" / "desk.yaml").write_text(RULES)
    command = [sys.executable, "-m", "watchdesk", "--config", str(folder / "config")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--state", str(folder / "state"), "run"],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _count_statements(cluster: Cluster) -> None:
    """Has the server count them, which takes a new start."""
    cluster.say(cluster.new_database(), "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
    cluster.stop()
    cluster.start()


if __name__ == "__main__":
    sys.exit(main())
