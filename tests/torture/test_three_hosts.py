"""Three hosts on one PostgreSQL are killed at random instants while the news goes on.

As in `test_kills`, what the receiver took is compared with what the newsroom served. Hosts go by the time of
their database, which no dial turns; a test that is to be short has the database believe instead that a dead
host was heard of long ago, and else waits as long as others do.
"""

import os
import random
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from support.desk import DeskFiles, wait_for
from support.postgresql import Cluster
from support.web import WebServer
from torture.ledger import Account, account
from torture.newsroom import CALM, RULES, Newsroom
from torture.receivers import NONE, Hook
from torture.stage import Nursery, say
from torture.test_kills import RUNNING, SENDERS

HOSTS = 3
SETTINGS = """\
timezone: Europe/Brussels
contact: desk@example.org
storage: {storage}
polling:
  {{every: 1s, fastest: 1s, slowest: 2s, first_poll: all, private_addresses: allow, timeout: 5s, per_host: 8,
    workers: 1}}
articles: {{full_text: never}}
channels: {{hook: {{webhook: {{url: "{hook}", secret: {{env: HOOK_SECRET}}}}}}}}
digests: {{flash: {{title: Flash, rules: all, at: once, to: [hook], most: 100000}}}}
"""
LONG_AGO = (
    "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour' WHERE id IN "
    "(SELECT worker_id FROM procrastinate_jobs AS j JOIN fleet_shards AS s ON j.lock = 'shard ' || s.shard "
    "JOIN fleet_hosts AS h ON h.id = s.holder WHERE h.id LIKE %(host)s)",
    "UPDATE fleet_hosts SET beat = now() - interval '1 hour' WHERE id LIKE %(host)s",
)


class Host:
    """One of the fleet, through all of its lives."""

    def __init__(self, desk: DeskFiles, nursery: Nursery, storage: str) -> None:
        self.desk, self._nursery, self._storage = desk, nursery, storage
        self.lives = 0

    def start(self) -> None:
        log = self.desk.root / "service.log"
        self._process = self._nursery.start(self.desk.command("run")[3:], log)
        self.lives += 1

    @property
    def is_running(self) -> bool:
        """Whether its present life has come so far."""
        return self.desk.log.count(RUNNING) > self._before

    _before = 0

    def kill(self, *, forgotten: bool) -> None:
        """All its processes at once, as with its machine. `forgotten`: the others need not wait for that."""
        self._before = self.desk.log.count(RUNNING)
        os.killpg(self._process, signal.SIGKILL)
        self._nursery.wait(self._process)
        if forgotten:
            with psycopg.connect(self._storage) as connection:
                for statement in LONG_AGO:
                    connection.execute(statement, {"host": f"%:{self._process}:%"})


class Desk:
    """The hosts among their newsroom and their receiver."""

    def __init__(
        self, root: Path, nursery: Nursery, web: WebServer, storage: str, rng: random.Random
    ) -> None:
        self.rng = rng
        self.newsroom = Newsroom(web, random.Random(rng.random()), lambda: datetime.now(UTC), feeds=8)
        self.hook = Hook(random.Random(rng.random()), NONE)
        hook = self.hook.serve(web).replace("0.0.0.0", "127.0.0.1")
        urls = {
            name: url.replace("0.0.0.0", f"127.0.2.{number + 1}")  # each is a site of its own
            for number, (name, url) in enumerate(self.newsroom.urls.items())
        }
        self.hosts = [Host(DeskFiles(root / f"h{number}"), nursery, storage) for number in range(HOSTS)]
        for host in self.hosts:
            host.desk.root.mkdir()
            host.desk.write(urls, SETTINGS.format(storage=storage, hook=hook), RULES)

    @property
    def account(self) -> Account:
        return account(list(self.hook.taken), set(self.newsroom.served), ["flash"])

    @property
    def is_complete(self) -> bool:
        return self.newsroom.published == self.newsroom.served.keys() and self.account.is_complete

    def news(self, seconds: float) -> None:
        """For as long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.newsroom.publish()
            if self.rng.random() < 0.1:
                self.newsroom.revise()
            time.sleep(min(left, self.rng.uniform(0.05, 0.25)))


@pytest.fixture
def web() -> Iterator[WebServer]:
    """On all of loopback."""
    with WebServer("0.0.0.0") as server:
        yield server


@pytest.mark.parametrize(
    ("kills", "longest", "forgotten"),
    [
        pytest.param(4, 1.0, 1.0, id="few", marks=pytest.mark.timeout(300)),
        pytest.param(80, 6.0, 0.5, id="many", marks=[pytest.mark.slow, pytest.mark.timeout(3600)]),
    ],
)
def test_three_hosts_that_are_killed_again_and_again_lose_nothing_and_tell_nothing_twice(
    tmp_path: Path,
    nursery: Nursery,
    seed: int,
    web: WebServer,
    cluster: Cluster,
    kills: int,
    longest: float,
    forgotten: float,
) -> None:
    """`longest`: seconds between two kills. `forgotten`: how many of the dead nobody need wait for."""
    began = time.monotonic()
    on = Desk(tmp_path, nursery, web, cluster.begun_database(), random.Random(seed))
    for host in on.hosts:
        host.start()
    on.newsroom.publish()
    wait_for(lambda: on.is_complete and all(host.is_running for host in on.hosts), "the start")
    for _ in range(kills):
        host = on.rng.choice(on.hosts)
        if on.rng.random() < 0.8:  # else it may die while it starts
            wait_for(lambda: host.is_running, "a start")  # noqa: B023
        on.news(on.rng.uniform(0, longest))
        host.kill(forgotten=on.rng.random() < forgotten)
        host.start()
    on.newsroom.moods = CALM
    wait_for(lambda: on.is_complete, "the arrival of every match", 180)
    time.sleep(0.5)  # for what should not arrive
    told, served = on.account, len(on.newsroom.served)
    say(f"{kills} kills, {served} matches served, {on.newsroom.failures} failed polls")
    say(f"{told.digests} digests, {told.repeats} repeats, {time.monotonic() - began:.0f} s")
    told.hold()
    assert on.hook.forged == 0
    assert told.repeats <= SENDERS * kills
    for host in on.hosts:
        assert "Traceback" not in host.desk.log
