"""A fleet whose hosts are killed, frozen and cut off again and again, and a ledger of what came of it.

    PYTHONPATH=tests .venv/bin/python -m fleet.long_run --ledger tests/fleet/long_run.txt

Each host is a network namespace of its own with a clock of its own (`wrong_clock.c`); it takes root, a C
compiler, and as many minutes as it is told and up to ten more, in which what dying hosts were sending comes
again.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg

from fleet.hosts import make_host, matched, started_on, wait_until_running
from fleet.ledger import Outcome, written
from fleet.manners import Harm
from fleet.namespaces import DATABASE, SITES, Machine, Network
from fleet.sites import Sites, sites
from support.desk import DeskFiles, wait_for
from support.postgresql import Cluster, throwaway_cluster
from support.web import Answer, Request
from torture.receivers import Taken
from torture.stage import say

SETTINGS = """\
storage: "%s"
contact: desk-%s@example.org
polling:
  {every: EVERYs, fastest: EVERYs, slowest: EVERYs, first_poll: all, private_addresses: allow, timeout: 10s,
   per_host: 2, concurrency: 32, workers: 1}
articles: {full_text: never}
channels: {hook: {webhook: {url: "HOOK"}}}
digests: {flash: {title: Flash, rules: all, at: once, to: [hook], most: 100000}}
"""
RULE = "nato-spending"
DOWN = (4.0, 10.0)
"""Seconds for which the database is away."""
ALONE = 40
"""Seconds for which a site asks to be left alone."""
LEASE = 660.0
"""Seconds within which what a dying host was sending comes again, and somewhat more."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How large it is."""

    minutes: float = 15.0
    clocks: Sequence[float] = (0.0, 90.0, -90.0, 45.0)
    """Of each host: how many seconds ahead."""
    sites: int = 200
    feeds: int = 10
    """Of each site."""
    every: int = 120
    """Seconds between two polls of a source."""
    news: int = 200
    """Articles in each half minute."""
    between: float = 30.0
    """Seconds from one harm to the next."""
    restarts: int = 2
    """Of the database."""
    seed: int = field(default_factory=lambda: random.SystemRandom().randrange(10**6))


class Host:
    """One of the fleet: a machine, with a service that may be away for a while."""

    def __init__(self, machine: Machine, desk: DeskFiles, clock: float) -> None:
        self.machine, self.desk, self.clock = machine, desk, clock
        self.is_well = True
        self._life = ExitStack()

    @property
    def name(self) -> str:
        return self.desk.root.name

    def start(self) -> "subprocess.Popen[bytes]":
        self._process = self._life.enter_context(started_on(self.machine, self.desk, self.clock))
        return self._process

    def kill(self) -> None:
        self._life.close()

    def signal(self, number: int) -> None:
        os.killpg(self._process.pid, number)


KINDS: dict[str, tuple[tuple[float, float], Callable[[Host], object], Callable[[Host], object]]] = {
    "killed": ((5, 40), Host.kill, Host.start),
    "frozen briefly": (
        (3, 12),
        lambda host: host.signal(signal.SIGSTOP),
        lambda host: host.signal(signal.SIGCONT),
    ),
    "frozen for long": (
        (20, 45),
        lambda host: host.signal(signal.SIGSTOP),
        lambda host: host.signal(signal.SIGCONT),
    ),
    "cut off from the database": (
        (10, 45),
        lambda host: host.machine.cut("db"),
        lambda host: host.machine.mend(),
    ),
    "cut off from everything": (
        (10, 45),
        lambda host: host.machine.cut("db", "web"),
        lambda host: host.machine.mend(),
    ),
}
"""By what is done to a host: for how many seconds, how, and how it is undone."""


class Fleet:
    """Its hosts, and what was done to them."""

    def __init__(self, hosts: Sequence[Host], rng: random.Random) -> None:
        self.hosts = hosts
        self.harms: list[Harm] = []
        self.loads: list[float] = []
        """Of the machine, from time to time."""
        self._rng = rng
        self._kinds: list[str] = []
        self._running: list[threading.Thread] = []

    def harm(self) -> None:
        """A host that is well is harmed for a while, each kind in its turn; answers at once."""
        self._kinds = self._kinds or self._rng.sample(sorted(KINDS), len(KINDS))
        kind = self._kinds.pop()
        host = self._rng.choice([host for host in self.hosts if host.is_well])
        host.is_well = False
        seconds = self._rng.uniform(*KINDS[kind][0])
        thread = threading.Thread(target=self._harm, args=(kind, host, seconds), daemon=True)
        self._running.append(thread)
        thread.start()

    def _harm(self, kind: str, host: Host, seconds: float) -> None:
        _, do, undo = KINDS[kind]
        began = time.monotonic()
        do(host)
        time.sleep(seconds)
        undo(host)
        self.harms.append(Harm(kind, host.name, began, time.monotonic()))
        host.is_well = True

    def await_health(self) -> None:
        for thread in self._running:
            thread.join()


class Hook:
    """Takes digests, and keeps all that it took."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []

    def __call__(self, request: Request) -> Answer:
        if len(request.body) < int(request.headers["content-length"]):
            return Answer(b"cut off", 400)  # by a death in the middle of it
        document = json.loads(request.body)
        pairs = {
            (rule["id"], article["title"].rpartition(" ")[2])
            for rule in document["rules"]
            for story in rule["stories"]
            for article in (story["article"], *story["also_in"])
        }
        identity = request.headers["webhook-id"]
        self.taken.append(Taken(identity, document["digest"], request.body, frozenset(pairs)))
        return Answer(status=204)


def run(shape: Shape, root: Path) -> Outcome:
    """All of it; what came of it is judged by who asked."""
    rng, hook = random.Random(shape.seed), Hook()
    names = [f"site{number}.example" for number in range(shape.sites)]
    addresses = {name: SITES[number % len(SITES)] for number, name in enumerate(names)}
    with ExitStack() as undo:
        network = undo.enter_context(Network(len(shape.clocks), addresses))
        cluster = undo.enter_context(throwaway_cluster())
        with network.inside():
            cluster.listen(f"{DATABASE}.1", f"{DATABASE}.0/24")
            slow = lambda: rng.uniform(0.1, 1.0)  # noqa: E731 - of both, and nowhere else
            web = undo.enter_context(sites(shape.sites, shape.feeds, slow, names))
        storage = cluster.new_database()
        settings = SETTINGS.replace("EVERY", str(shape.every)).replace(
            "HOOK", web.at(SITES[0], "/hook", hook)
        )
        by_network = cluster.by_network(storage, f"{DATABASE}.1")
        desks = [make_host(root, f"h{n}", by_network, web.feeds, settings) for n in range(len(shape.clocks))]
        hosts = [Host(*parts) for parts in zip(network.machines, desks, shape.clocks, strict=True)]
        for host in hosts:
            undo.callback(host.kill)
        for host, process in [(host, host.start()) for host in hosts]:
            wait_until_running(host.desk, process)
        fleet = Fleet(hosts, rng)
        began, clock = time.monotonic(), time.time()
        harm_all(shape, fleet, cluster, network, web)
        fleet.await_health()
        ended = time.monotonic()
        _wait(lambda: matched(storage).keys() == web.published, shape.every + 180.0)
        outcome = Outcome(
            shape,
            (began, ended),
            web,
            fleet,
            hook.taken,
            matched(storage),
            _misdated(storage, clock),
            {host.name: host.clock for host in hosts},
        )
        _wait(lambda: outcome.account.is_complete, LEASE)
        time.sleep(3)  # for what should not arrive
        outcome.failures += [host.name for host in hosts if "Traceback" in host.desk.log]
    return outcome


def harm_all(shape: Shape, fleet: Fleet, cluster: Cluster, network: Network, web: Sites) -> None:
    """For as long as it takes."""
    rng, began = random.Random(shape.seed + 1), time.monotonic()
    count = max(1, round(60 * shape.minutes / shape.between))
    restarts = {round(count * (n + 1) / (shape.restarts + 1)) for n in range(shape.restarts)}
    for number in range(count):
        web.publish(shape.news)
        web.ask_once(rng.choice(web.sites), ALONE)
        fleet.harm()
        fleet.loads.append(os.getloadavg()[0])
        if number in restarts:
            time.sleep(shape.between / 3)
            away = time.monotonic()
            cluster.stop()
            time.sleep(rng.uniform(*DOWN))
            with network.inside():
                cluster.start()
            fleet.harms.append(Harm("the database away", "", away, time.monotonic()))
        time.sleep(max(0.0, began + (number + 1) * shape.between - time.monotonic()))


def _wait(happened: Callable[[], bool], seconds: float) -> None:
    """What has not happened by then is told by the outcome."""
    with suppress(AssertionError):
        wait_for(happened, "it", seconds)


def _misdated(storage: str, since: float) -> int:
    """Articles that were first seen at a time that it was not yet, or before the hosts were started."""
    asked = "SELECT count(*) FROM articles WHERE first_seen > %s OR first_seen < %s"
    with psycopg.connect(storage) as connection:
        row = connection.execute(asked, (int((time.time() + 1) * 1e6), int((since - 600) * 1e6))).fetchone()
    return int(row[0]) if row else -1


def main() -> int:
    """Runs it, writes its ledger, and tells by the exit status whether every promise was kept."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=15.0)
    asked.add_argument("--seed", type=int)
    asked.add_argument("--ledger", type=Path, required=True, help="the file to write")
    options = asked.parse_args()
    shape = Shape(minutes=options.minutes)
    shape = shape if options.seed is None else replace(shape, seed=options.seed)
    with tempfile.TemporaryDirectory(prefix="wd-fleet-", dir="/dev/shm") as folder:
        outcome = run(shape, Path(folder))
    options.ledger.write_text(written(outcome))
    for broken in outcome.broken:
        say(f"broken: {broken}")
    return 1 if outcome.broken else 0


if __name__ == "__main__":
    sys.exit(main())
