"""Hosts that are killed, frozen and stopped again and again, and a database that is restarted."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from fleet.hosts import make_host, matched, undelivered, wait_until_running
from fleet.sites import Sites, Visit, sites
from support.desk import DeskFiles, environment, wait_for
from support.postgresql import Cluster, throwaway_cluster
from support.warm import Warm
from torture.stage import say

HOSTS = 4
PER_HOST = 2
FROZEN = (5.0, 45.0)
"""Seconds: shorter and longer than what others wait for."""


@pytest.fixture
def own_cluster(cluster: Cluster) -> Iterator[Cluster]:
    """One that may be restarted; `cluster` skips where there is none."""
    with throwaway_cluster() as running:
        yield running


class Fleet:
    """Hosts that live, by their names."""

    def __init__(self, root: Path, storage: str, web: Sites, rng: random.Random) -> None:
        self.desks = [make_host(root, f"h{number}", storage, web.feeds) for number in range(HOSTS)]
        self._rng = rng
        self._living: dict[str, Warm] = {}
        self.frozen: list[tuple[str, float, float]] = []
        self.said: list[str] = []

    def start(self, desk: DeskFiles) -> None:
        log = desk.root / "service.log"
        log.touch()
        with (desk.root / "before.log").open("a") as before:
            before.write(desk.log)
        log.write_bytes(b"")
        process = Warm(desk.command("run")[3:], desk.root / "service.log", environment(), {})
        self._living[desk.root.name] = process
        wait_until_running(desk, process)

    def harm(self) -> None:
        """One host, in one of three ways; it works again after that."""
        desk = self._rng.choice(self.desks)
        process, how = self._living[desk.root.name], self._rng.choice(("kill", "freeze", "stop"))
        self.said.append(f"{how} {desk.root.name}")
        if how == "freeze":
            began = time.monotonic()
            os.killpg(process.pid, signal.SIGSTOP)
            time.sleep(self._rng.uniform(*FROZEN))
            os.killpg(process.pid, signal.SIGCONT)
            self.frozen.append((desk.root.name, began, time.monotonic()))
            return
        if how == "kill":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.send_signal(signal.SIGTERM)
        process.wait(60)
        self.start(desk)

    def end(self) -> None:
        for process in self._living.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_hosts_that_die_and_freeze_again_and_again_lose_nothing(tmp_path: Path, own_cluster: Cluster) -> None:
    minutes, seed = (
        float(os.environ.get("WATCHDESK_FLEET_MINUTES", "3")),
        random.SystemRandom().randrange(10**6),
    )
    storage, rng = own_cluster.new_database(), random.Random(seed)
    with sites(30, 2) as web:
        fleet = Fleet(tmp_path, storage, web, rng)
        try:
            for desk in fleet.desks:
                fleet.start(desk)
            end = time.monotonic() + 60 * minutes
            while time.monotonic() < end:
                web.publish()
                if rng.random() < 0.15:
                    fleet.said.append("restart the database")
                    own_cluster.stop()
                    time.sleep(rng.uniform(0, 20))
                    own_cluster.start()
                fleet.harm()
            web.publish()
            wait_for(lambda: matched(storage).keys() == web.published, "every match", seconds=150)
            doubles = web.double_visits()
            counted = f"{len(web.visits)} polls, {len(web.published)} articles, {len(doubles)} at once"
            ledger = f"seed {seed}; {', '.join(fleet.said)}; {counted}"
            say(ledger)
            assert set(matched(storage).values()) == {1}, ledger
            assert not [pair for pair in doubles if not any(under_way(fleet, one) for one in pair)], ledger
            assert len(doubles) <= PER_HOST * len(fleet.frozen), ledger
            wait_for(lambda: undelivered(storage, *fleet.desks) is not None, "every digest", seconds=60)
            left = undelivered(storage, *fleet.desks) or Counter()
            assert all(count > 0 for count in left.values()), (
                f"came again under another name: {left}; {ledger}"
            )
        finally:
            fleet.end()
    for desk in fleet.desks:
        assert "Traceback" not in desk.log + (desk.root / "before.log").read_text()


def under_way(fleet: Fleet, visit: Visit) -> bool:
    """Whether it had its turn when its host was frozen; it may have been sent as soon as that woke up."""
    return any(
        host == visit.host and (began - 5 < visit.began < began + 1 or -1 < visit.began - ended < 2)
        for host, began, ended in fleet.frozen
    )
