"""Sites that a host asks whose shards others poll: one host asks at a time, and its rest is kept."""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from fleet.hosts import make_host, wait_until_running
from fleet.sites import LOOPBACK, Visit, sites
from support.desk import item, rss, wait_for
from support.postgresql import Cluster
from watchdesk.service.fleet.common_clock import CommonClock
from watchdesk.service.fleet.foreign_sites import ForeignSites
from watchdesk.service.fleet.member import Member
from watchdesk.sources import Hosts, NoTurn
from watchdesk.store.fleet_calls import Calls
from watchdesk.store.fleet_rows import HostSaid
from watchdesk.store.fleet_shards import shard_of
from watchdesk.store.fleet_store import open_fleet_store

SITE = "news.example"
SHARD = shard_of(SITE)
PATIENCE = 30.0
PAGE = f"<html><body><article><p>{'NATO spends more on defence. ' * 30}</p></article></body></html>".encode()


def utc_now() -> datetime:
    return datetime.now(UTC)


class Asking:
    """A host that asks sites by itself, without a service around it; `look` is its heartbeat."""

    def __init__(self, name: str, storage: str, directory: Path) -> None:
        directory.mkdir()
        self.name, self.store = name, open_fleet_store(storage, directory)
        clock = CommonClock(utc_now)
        self.hosts = Hosts(1, clock)
        said = HostSaid(name, name, "1", "", 0, engine=self.store.engine_version)
        self.member = Member(
            self.store.fleet,
            clock,
            lambda: said,
            lambda: None,
            lambda _: None,
            lambda: None,
            lambda _: None,
            lambda: None,
            self.hosts.lease,
        )
        self.member._beat(time.monotonic())
        self.sites = ForeignSites(
            self.store.sites,
            name,
            self.member,
            self.hosts,
            lambda site: site == SITE,
            lambda _: False,
            utc_now,
        )
        self.hosts.admission = self.sites

    def look(self) -> None:
        self.member._beat(time.monotonic())
        self.sites.look()

    def hold(self) -> int:
        taken = self.store.fleet.take(SHARD, self.name)
        assert taken
        self.sites.asked_already(taken.asked)
        self.member.hold(SHARD, taken.token)
        return taken.token

    def free(self, token: int, rest: float = 0.0) -> None:
        self.member.drop([SHARD])
        self.store.fleet.free(self.name, {SHARD: token}, {SHARD: rest})

    @contextmanager
    def asking(self, patience: float = PATIENCE) -> Iterator[None]:
        with self.hosts.asking(SITE, patience):
            yield


@pytest.fixture
def hosts(cluster: Cluster, tmp_path: Path) -> Iterator[tuple[Asking, Asking]]:
    storage = cluster.new_database()
    first, second = (Asking(name, storage, tmp_path / name) for name in ("one", "two"))
    with closing(first.store), closing(second.store):
        yield first, second


def looked(*hosts: Asking) -> bool:
    """Each has had a heartbeat."""
    for host in hosts:
        host.look()
    return True


@contextmanager
def aside(host: Asking) -> Iterator[threading.Event]:
    """Asks the site in another thread, as soon as it may; the event says that it does."""
    asks, ends = threading.Event(), threading.Event()

    def ask() -> None:
        with suppress(NoTurn), host.asking():
            asks.set()
            ends.wait(PATIENCE)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        wait_for(lambda: host.hosts.use_of(SITE).waiting or asks.is_set(), "that it is asked")
        yield asks
    finally:
        ends.set()
        thread.join()


def test_a_site_that_nobody_polls_is_asked_at_once_by_one_statement(hosts: tuple[Asking, Asking]) -> None:
    statements: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    event.listen(hosts[0].store.database.engine, "before_cursor_execute", note)
    for _ in range(3):  # by the same claim
        with hosts[0].asking():
            pass
    assert len(statements) == 1


def test_who_polls_a_site_lets_go_of_it_when_it_has_answered(hosts: tuple[Asking, Asking]) -> None:
    first, second = hosts
    first.hold()
    with ExitStack() as meanwhile:
        with first.asking(0):
            asks = meanwhile.enter_context(aside(second))
            looked(first, second)
            assert not asks.is_set()
            with pytest.raises(NoTurn), first.asking(0):  # it begins nothing more there
                pass
        wait_for(lambda: looked(first, second) and asks.is_set(), "its turn")
        with pytest.raises(NoTurn), first.asking(0):
            pass
    wait_for(lambda: looked(second, first) and first.sites.until(SITE) is None, "its own turn")
    with first.asking():
        pass


def test_who_polls_a_site_is_not_asked_for_it_again_and_again(hosts: tuple[Asking, Asking]) -> None:
    first, second = hosts
    first.hold()
    with aside(second) as asks:
        wait_for(lambda: looked(first, second) and asks.is_set(), "its turn")
        with pytest.raises(NoTurn), first.asking(0):  # it would have asked
            pass
    wait_for(lambda: looked(second, first) and first.sites.until(SITE) is None, "its own turn")
    with ExitStack() as meanwhile, first.asking():
        asks = meanwhile.enter_context(aside(second))
        looked(first, second)
        assert first.sites.until(SITE) is None
        assert not asks.is_set()
        meanwhile.callback(second.sites.lapse)
        second.member._beaten = -1e9


def test_who_does_not_ask_a_site_lets_others_ask_again_at_once(hosts: tuple[Asking, Asking]) -> None:
    first, second = hosts
    first.hold()
    for _ in range(3):
        with aside(second) as asks:
            wait_for(lambda: looked(first, second) and asks.is_set(), "its turn")
        looked(second)


@pytest.fixture
def who_hear(hosts: tuple[Asking, Asking]) -> Iterator[tuple[Asking, Asking]]:
    """They hear each other's calls, and have no heartbeat."""
    heard = [Calls(host.store.address, host.name, host.sites) for host in hosts]
    for calls in heard:
        calls.start()
    sessions = (
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%%' AND datname = current_database()"
    )

    def listeners() -> int:
        with hosts[0].store.database.read() as connection:
            return int(connection.exec_driver_sql(sessions).scalar_one())

    wait_for(lambda: listeners() == len(hosts), "that they listen")
    for host in hosts:
        host.member._beat(time.monotonic())
    yield hosts
    for calls in heard:
        calls.close()


def test_a_site_that_is_not_asked_now_is_let_go_of_without_a_heartbeat(
    who_hear: tuple[Asking, Asking],
) -> None:
    first, second = who_hear
    first.hold()
    with second.asking(), pytest.raises(NoTurn), first.asking(0):
        pass


def test_a_site_that_is_asked_now_is_let_go_of_once_it_has_answered_and_rested(
    who_hear: tuple[Asking, Asking],
) -> None:
    first, second = who_hear
    first.hold()
    with ExitStack() as meanwhile:
        with first.asking(0):
            asks = meanwhile.enter_context(aside(second))
            wait_for(lambda: first.sites.waits, "its call")
            began = time.monotonic()
            wait_for(lambda: time.monotonic() > began + 0.3, "an answer")
            assert not asks.is_set()
        rests = first.hosts.use_of(SITE).rest
        assert rests > 0
        assert not asks.is_set()
        wait_for(asks.is_set, "its turn")
        assert first.hosts.use_of(SITE).rest == 0


def test_the_third_waits_for_the_second(hosts: tuple[Asking, Asking]) -> None:
    first, second = hosts
    with ExitStack() as meanwhile:
        with first.asking(0):
            asks = meanwhile.enter_context(aside(second))
            looked(first, second)
            assert not asks.is_set()
        wait_for(lambda: looked(first, second) and asks.is_set(), "its turn")


def test_who_takes_the_shard_meanwhile_leaves_the_site_alone(hosts: tuple[Asking, Asking]) -> None:
    first, second = hosts
    with second.asking(0):
        first.hold()
        with pytest.raises(NoTurn), first.asking(0):
            pass


def test_a_shard_that_was_given_back_rests_before_others_ask_there(hosts: tuple[Asking, Asking]) -> None:
    first, second = hosts
    first.free(first.hold(), rest=60.0)
    with aside(second) as asks:
        second.look()
        assert not asks.is_set()
        with second.store.database.write() as connection:
            connection.exec_driver_sql("UPDATE fleet_shards SET free_at = now()")
        wait_for(lambda: looked(second) and asks.is_set(), "its turn")


def test_what_a_site_asked_of_one_is_heeded_by_all(hosts: tuple[Asking, Asking]) -> None:
    first, second = hosts
    until = utc_now() + timedelta(minutes=10)
    with first.asking(0):
        first.hosts.back_off(SITE, until)
    first.look()
    with aside_refused(second) as refused:
        second.look()
    assert abs(refused[0] - until) < timedelta(seconds=5)
    second.hold()
    assert abs((second.sites.until(SITE) or utc_now()) - until) < timedelta(seconds=5)


@contextmanager
def aside_refused(host: Asking) -> Iterator[list[datetime]]:
    """Asks in another thread, and is refused."""
    until: list[datetime] = []

    def ask() -> None:
        try:
            with host.asking():
                pass
        except NoTurn as none:
            until.append(none.until)

    thread = threading.Thread(target=ask)
    thread.start()
    wait_for(lambda: host.sites._wanted[SITE], "that it is asked")
    yield until
    thread.join()


def test_a_site_without_sources_is_asked_by_one_at_a_time(hosts: tuple[Asking, Asking]) -> None:
    first, second = hosts
    first.hold()
    for host in hosts:
        host.sites._polled = lambda _: False
    with second.asking(0), pytest.raises(NoTurn), first.asking(0):
        pass
    looked(second, first)
    wait_for(lambda: looked(first) and tried(first), "its turn")


def tried(host: Asking) -> bool:
    """Whether it may ask now."""
    with suppress(NoTurn), host.asking(0):
        return True
    return False


def test_who_died_keeps_a_site_from_nobody(hosts: tuple[Asking, Asking]) -> None:
    first, second = hosts
    first.hold()
    with first.store.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE fleet_hosts SET beat = now() - interval '1 minute' WHERE id = 'one'"
        )
    with second.asking(0):
        pass


def test_pages_on_a_site_that_another_host_polls_keep_its_rest(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    delay, numbers = 0.3, itertools.count()
    with sites(4, 1, delay) as web:
        port = next(iter(web.feeds.values())).split(":")[2].partition("/")[0]

        def listed(site: str) -> bytes:
            """The feed of an aggregator: each time two more articles, on sites with feeds of their own."""
            links = [f"http://{web.sites[n % 4]}:{port}/page?{n}" for n in itertools.islice(numbers, 2)]
            return rss(*(item(link, f"NATO, by {site}", "", link) for link in links))

        web.serve("/all", listed, "application/rss+xml")
        web.serve("/robots.txt", lambda _: b"", "text/plain")
        web.serve("/page", lambda _: PAGE, "text/html")
        lists = {f"all{n}": f"http://{site}:{port}/all" for n, site in enumerate(LOOPBACK[10:16])}
        desks = [make_host(tmp_path, name, storage, {**web.feeds, **lists}) for name in ("one", "two")]
        for desk in desks:
            path = desk.config / "watchdesk.yaml"
            text = path.read_text().replace("full_text: never", "full_text: always")
            path.write_text(text.replace("workers: 1", "workers: 1, per_host: 1"))
        with desks[0].service() as first, desks[1].service() as second:
            for desk, process in zip(desks, (first, second), strict=True):
                wait_until_running(desk, process)

            def pages_of(host: str) -> int:
                return len([visit for visit in web.since(0) if (visit.host, visit.path) == (host, "/page")])

            wait_for(lambda: min(pages_of("one"), pages_of("two")) >= 4, "pages for both")
            began = time.monotonic()
            wait_for(lambda: len({v.site for v in web.since(began)} & set(web.sites)) == 4, "polls of each")
        assert not web.double_visits()
        assert breaches(web.since(0), web.sites, delay) == []
    for desk in desks:
        assert "Traceback" not in desk.log


def breaches(visits: list[Visit], papers: list[str], delay: float) -> list[tuple[Visit, Visit]]:
    """Visits of a site that came before it had rested twice as long as it took to answer."""
    found = []
    for site in papers:
        of_site = sorted((v for v in visits if v.site == site), key=lambda visit: visit.began)
        for before, after in itertools.pairwise(of_site):
            if after.began < before.ended + 2 * delay - 0.05:
                found.append((before, after))
    return found
