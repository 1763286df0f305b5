"""A site with far more sources than its manners let be polled soon."""

import itertools
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest

from fleet.hosts import make_host, wait_until_running
from fleet.manners import crowded
from fleet.sites import Sites, Visit
from support.desk import wait_for
from support.postgresql import SETTINGS as CLUSTER
from support.postgresql import Cluster, throwaway_cluster
from support.web import WebServer
from watchdesk.store.fleet_shards import shard_of

LARGE = "127.0.1.1"


@contextmanager
def one_shard(feeds: int, delay: float) -> Iterator[tuple[Sites, str, Mapping[str, str]]]:
    """A large site, the address of a small one in the same shard, and their feeds."""
    with WebServer("0.0.0.0") as server:
        port = server.url().rstrip("/").rpartition(":")[2]
        shard = shard_of(f"{LARGE}:{port}")
        others = (f"127.0.{a}.{b}" for a, b in itertools.product(range(2, 250), range(1, 250)))
        small = next(other for other in others if shard_of(f"{other}:{port}") == shard)
        web = Sites(server, 2, feeds, delay, [LARGE, small])
        of_large = {name: url for name, url in web.feeds.items() if name.startswith("s0-")}
        yield web, small, {**of_large, "s1-0": web.feeds["s1-0"]}


def test_it_keeps_no_other_site_of_its_shard_waiting(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    with one_shard(400, 0.1) as (web, small, feeds):
        desk = make_host(tmp_path, "one", storage, feeds)
        with desk.service({"service.fleet.dispatch.HOLD": 1.0}) as process:
            wait_until_running(desk, process)
            wait_for(lambda: len(of(web, small)) >= 4, "four polls of the small site", seconds=90)
            assert len(of(web, LARGE)) < 400
            with psycopg.connect(storage) as connection:
                shards = connection.execute("SELECT count(DISTINCT shard) FROM source_dues").fetchone()
            assert shards == (1,)


FEEDS, STEP = 5_000, 1_000
PER_HOST = 16
SETTINGS = f"""\
storage: "%s"
contact: desk-%s@example.org
polling:
  {{every: 2s, fastest: 2s, slowest: 2s, first_poll: all, private_addresses: allow, per_host: {PER_HOST},
    concurrency: 32, workers: 1}}
articles: {{full_text: never}}
"""
OF_POLLS = (
    "SELECT sum(calls), sum(rows) FROM pg_stat_statements "
    "WHERE query ~ 'sources|source_dues|fleet_shards' AND query !~ 'EXISTS|procrastinate'"
)
"""What polls ask of the database, and nothing that is asked each second."""
SAID = "%5d polls: %.2f statements and %.1f rows a poll, %4.0f and %4.0f MB, %s"


@pytest.fixture
def counting_cluster() -> Iterator[Cluster]:
    """A server that counts statements."""
    with throwaway_cluster((*CLUSTER, "shared_preload_libraries=pg_stat_statements")) as running:
        yield running


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_thousands_of_feeds_of_one_site_are_polled_as_it_can_bear_by_whoever_lives(
    tmp_path: Path, counting_cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    storage = counting_cluster.new_database()
    counting_cluster.say(storage, "CREATE EXTENSION pg_stat_statements")
    with ExitStack() as undo:
        web, small, feeds = undo.enter_context(one_shard(FEEDS, 0.01))
        web.editions.clear()  # nothing new: what news cost is measured elsewhere
        desks = [make_host(tmp_path, name, storage, feeds, SETTINGS) for name in ("one", "two")]
        services = {
            desk.root.name: undo.enter_context(desk.service({"service.fleet.dispatch.HOLD": 3.0}))
            for desk in desks
        }
        for desk in desks:
            wait_until_running(desk, services[desk.root.name])
        costs, sizes, before = list[float](), list[float](), asked_of(storage)
        for wanted in range(STEP, FEEDS + 1, STEP):
            wait_for(partial(has, web, wanted), f"{wanted} polls", seconds=1200)
            calls, rows = now = asked_of(storage)
            used = [memory(service.pid) for service in services.values()]
            costs.append((calls - before[0]) / STEP)
            sizes.append(sum(used))
            with capsys.disabled():
                who = Counter(visit.host for visit in web.since(0))
                print(SAID % (wanted, costs[-1], (rows - before[1]) / STEP, *used, dict(who)))  # noqa: T201
            before = now
        assert max(Counter(visit.path for visit in of(web, LARGE)[: FEEDS - STEP]).values()) == 1
        assert len(of(web, small)) >= 5
        assert max(costs) < 1.5 * costs[0]
        assert sizes[-1] < sizes[0] + 100
        polling = of(web, LARGE)[-1].host
        services[polling].kill()
        services[polling].wait()
        died = time.monotonic()
        wait_for(
            lambda: {visit.host for visit in of(web, LARGE) if visit.began > died} - {polling}, "a takeover"
        )
        wait_for(lambda: [visit for visit in of(web, small) if visit.began > died], "one of the small site")
        with capsys.disabled():
            late = max(after.began - first.ended for first, after in itertools.pairwise(of(web, small)))
            taken = next(visit.began for visit in of(web, LARGE) if visit.began > died) - died
            said = f"taken over after {taken:.0f} s; the small site polled {len(of(web, small))} times"
            print(f"{said}, at most {late:.0f} s apart")  # noqa: T201
        assert not [pair for pair in web.double_visits() if pair[0].ended < died]
        assert not [visit for visit, _ in crowded(web, PER_HOST) if visit.began < died]
    for desk in desks:
        assert "Traceback" not in desk.log


def has(web: Sites, polls: int) -> bool:
    """Whether the large site has had so many."""
    return len(of(web, LARGE)) >= polls


def of(web: Sites, site: str) -> list[Visit]:
    return [visit for visit in web.since(0) if visit.site == site]


def asked_of(storage: str) -> tuple[int, int]:
    """Statements of polls so far, and their rows."""
    with psycopg.connect(storage) as connection:
        row = connection.execute(OF_POLLS).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def memory(pid: int) -> float:
    """Megabytes of a process and of those that it has forked, what they share by parts."""
    status = Path(f"/proc/{pid}/smaps_rollup").read_text()
    own = next(int(line.split()[1]) / 1000 for line in status.splitlines() if line.startswith("Pss:"))
    below = [
        child
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in task.joinpath("children").read_text().split()
    ]
    return own + sum(memory(int(child)) for child in below)
