"""Who has lost a shard records nothing of it, whatever it was about to write."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.test_store import NOW, STATE, item
from support.postgresql import Cluster
from watchdesk.errors import LostShard
from watchdesk.model import Ingested, PageToFetch, PollPart
from watchdesk.store.fleet_rows import HostSaid
from watchdesk.store.fleet_store import FleetStore, open_fleet_store

SHARD = 7
OURS, THEIRS = "wire", "gazette"
"""Sources: of the shard that is lost, and of one that is kept."""


class Host:
    """One of two, with the shards that it believes to hold."""

    def __init__(self, name: str, storage: str, directory: Path) -> None:
        directory.mkdir()
        self.name, self.store = name, open_fleet_store(storage, directory)
        self.tokens: dict[int, int] = {}
        self.beat()

    def beat(self) -> None:
        self.store.fleet.beat(HostSaid(self.name, self.name, "1", "", 0))

    def take(self, shard: int) -> bool:
        taken = self.store.fleet.take(shard, self.name)
        if taken:
            self.tokens[shard] = taken.token
        return taken is not None

    def guard(self, shards: Mapping[str, int]) -> None:
        def tokens_of(names: Iterable[str]) -> Mapping[int, int]:
            return {shards[name]: self.tokens[shards[name]] for name in names if name in shards}

        self.store.guard(self.name, tokens_of, lambda _: None)


@pytest.fixture
def hosts(cluster: Cluster, tmp_path: Path) -> Iterator[tuple[Host, Host]]:
    storage = cluster.new_database()
    first, second = (Host(name, storage, tmp_path / name) for name in ("one", "two"))
    first.guard({OURS: SHARD, THEIRS: SHARD + 1})
    with closing(first.store), closing(second.store):
        yield first, second


def die(host: Host) -> None:
    """As the others see it: no heartbeat for a minute."""
    with host.store.database.write() as connection:
        said = "UPDATE fleet_hosts SET beat = now() - interval '1 minute' WHERE id = %s"
        connection.exec_driver_sql(said, (host.name,))


def of(source_id: str, key: str) -> Ingested:
    found = item(key)
    return replace(found, article=replace(found.article, source_id=source_id))


def stored(store: FleetStore) -> int:
    with store.database.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM articles").scalar_one())


def test_a_shard_of_a_living_host_cannot_be_taken(hosts: tuple[Host, Host]) -> None:
    first, second = hosts
    assert first.take(SHARD)
    assert not second.take(SHARD)
    assert not first.take(SHARD)  # nor a second time by itself
    die(first)
    assert second.take(SHARD)


def test_hosts_of_a_shard_rest_before_another_asks_them(hosts: tuple[Host, Host]) -> None:
    first, second = hosts
    assert first.take(SHARD)
    first.store.fleet.free("one", {SHARD: first.tokens[SHARD]}, {SHARD: 60.0})
    assert not second.take(SHARD)
    assert first.take(SHARD)  # it knows of each rest itself


def test_what_a_host_brings_that_lost_its_shard_is_refused(hosts: tuple[Host, Host]) -> None:
    first, second = hosts
    assert first.take(SHARD)
    first.store.ingest([of(OURS, "1")], replace(STATE, source_id=OURS), NOW)
    die(first)
    assert second.take(SHARD)
    first.beat()  # it wakes up
    with pytest.raises(LostShard):
        first.store.ingest([of(OURS, "2")], replace(STATE, source_id=OURS, failures=9), NOW)
    first.store.save_states([replace(STATE, source_id=OURS, failures=9)])
    assert stored(first.store) == 1
    assert first.store.source_states([OURS])[OURS].failures == STATE.failures


def test_what_it_brings_of_other_shards_is_kept(hosts: tuple[Host, Host]) -> None:
    first, second = hosts
    assert first.take(SHARD)
    assert first.take(SHARD + 1)
    die(first)
    assert second.take(SHARD)
    parts = [PollPart([of(name, "1")], replace(STATE, source_id=name), NOW) for name in (OURS, THEIRS)]
    lost, kept = first.store.ingest_together(parts)
    assert isinstance(lost, LostShard)
    assert not isinstance(kept, Exception)
    first.store.save_states([replace(STATE, source_id=name, failures=9) for name in (OURS, THEIRS)])
    states = first.store.source_states([OURS, THEIRS])
    assert states[THEIRS].failures == 9
    assert OURS not in states


def test_a_due_time_of_a_lost_shard_is_not_noted(hosts: tuple[Host, Host]) -> None:
    first, second = hosts
    past = datetime.now(UTC) - timedelta(hours=1)
    first.store.fleet.know({OURS: (SHARD, past)})
    assert first.take(SHARD)
    die(first)
    assert second.take(SHARD)
    later = datetime.now(UTC) + timedelta(hours=1)
    assert first.store.fleet.note_dues(first.name, first.tokens, {SHARD: {OURS: later}}) == {SHARD}
    die(second)
    first.beat()
    taken = first.store.fleet.take(SHARD, "one")
    assert taken is not None
    assert list(taken.due) == [OURS]


def test_whoever_takes_a_shard_next_leaves_alone_what_asked_for_it(hosts: tuple[Host, Host]) -> None:
    first, second = hosts
    until = datetime.now(UTC) + timedelta(hours=1)
    second.store.save_states([replace(STATE, source_id=OURS, held_until=until)])
    first.store.fleet.know({OURS: (SHARD, until), "due": (SHARD, datetime.now(UTC))})  # as after a move
    taken = second.store.fleet.take(SHARD, "two")
    assert taken is not None
    assert (taken.held, list(taken.due)) == ({OURS: until}, ["due"])
    second.store.save_states([replace(STATE, source_id="due", held_until=until)])
    die(second)  # before it has noted when that is due next
    taken = first.store.fleet.take(SHARD, "one")
    assert taken is not None
    assert taken.held == {OURS: until, "due": until}
    first.store.fleet.note_dues("one", {SHARD: taken.token}, {SHARD: {"due": until}})
    second.store.save_states([replace(STATE, source_id=OURS)])
    first.store.fleet.note_dues("one", {SHARD: taken.token}, {SHARD: {OURS: until}})
    die(first)
    taken = second.store.fleet.take(SHARD, "two")
    assert taken is not None
    assert (taken.held, list(taken.due)) == ({"due": until}, [])


def test_of_articles_pages_a_shard_has_those_of_its_own_sources(hosts: tuple[Host, Host]) -> None:
    store = hosts[1].store
    later = datetime.now(UTC) + timedelta(hours=1)
    store.fleet.know({OURS: (SHARD, later), THEIRS: (SHARD + 1, later)})
    for name in (OURS, THEIRS):
        page = PageToFetch(name, f"https://{name}.example/1", (), NOW, 1, NOW, "timed out")
        store.ingest([replace(of(name, "1"), page=page)], replace(STATE, source_id=name), NOW)
    with store.database.write() as connection:
        assert sorted(store.fleet.due_shards(connection)) == [SHARD, SHARD + 1]
    taken = store.fleet.take(SHARD, "two")
    assert taken is not None
    assert (list(taken.with_pages), list(taken.due)) == ([OURS], [])
    pages = store.pages_to_fetch(later, source_ids=taken.with_pages)
    assert [page.source_id for page in pages] == [OURS]


def test_an_unknown_source_is_put_off_and_forgotten_at_last(hosts: tuple[Host, Host]) -> None:
    rows = hosts[0].store.fleet
    rows.know({OURS: (SHARD, datetime.now(UTC))})
    for _ in range(31):
        rows.miss([OURS])
    with hosts[0].store.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM source_dues").scalar_one() == 0


def test_what_is_late_is_late_for_the_whole_fleet(hosts: tuple[Host, Host]) -> None:
    now = datetime.now(UTC)
    dues = {OURS: now - timedelta(minutes=30), THEIRS: now - timedelta(minutes=5), "new": now}
    hosts[0].store.fleet.know({name: (SHARD, due) for name, due in dues.items()})
    rows = hosts[1].store.fleet
    assert rows.late("two", timedelta(minutes=10)) == (0, timedelta(0))  # it has just started
    with hosts[0].store.database.write() as connection:
        connection.exec_driver_sql("UPDATE fleet_hosts SET since = now() - interval '20 minutes'")
    count, longest = rows.late("two", timedelta(minutes=10))
    assert count == 1
    assert timedelta(minutes=19) < longest < timedelta(minutes=21)
    assert rows.late("two", timedelta(hours=1)) == (0, timedelta(0))


def test_one_host_leads_at_a_time(hosts: tuple[Host, Host]) -> None:
    first, second = hosts
    said = [HostSaid(host.name, host.name, "1", "", 0) for host in hosts]
    leads = [host.store.fleet.beat(one)[1] for host, one in zip(hosts, said, strict=True)]
    assert leads == [True, False]
    with first.store.database.write() as connection:
        connection.exec_driver_sql("UPDATE fleet_lead SET until = now() - interval '1 s'")
    assert second.store.fleet.beat(said[1])[1]
    assert not first.store.fleet.beat(said[0])[1]


def test_a_leader_whose_heartbeat_takes_long_holds_up_nobody(hosts: tuple[Host, Host]) -> None:
    first, second = hosts
    with first.store.database.write() as connection:
        connection.exec_driver_sql("UPDATE fleet_lead SET until = now() - interval '1 s'")
    with first.store.database.write() as connection:
        connection.exec_driver_sql("SELECT FROM fleet_lead FOR UPDATE")
        assert not second.store.fleet.beat(HostSaid("two", "two", "1", "", 0))[1]
    assert second.store.fleet.beat(HostSaid("two", "two", "1", "", 0))[1]
