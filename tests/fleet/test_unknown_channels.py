"""A channel that only some hosts have, as amid a reload of one after the other."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from delivery.test_outbox import put
from fleet.hosts import SETTINGS, make_host, wait_until_running
from support.desk import wait_for
from support.postgresql import Cluster
from support.web import Answer, WebServer
from watchdesk.service.fleet.other_files import LOOK, PATIENCE, OtherFiles
from watchdesk.store.fleet_rows import HostSaid
from watchdesk.store.fleet_store import FleetStore, open_fleet_store


def states(store: FleetStore, channel: str) -> set[str]:
    return {str(one.state) for one in store.deliveries(channel=channel)}


def test_a_host_leaves_deliveries_of_a_channel_that_it_does_not_know_to_those_who_do(
    tmp_path: Path, cluster: Cluster, web: WebServer
) -> None:
    storage = cluster.new_database()
    web.respond("/hook", Answer(status=204))
    fresh = f"{{fresh: {{webhook: {{url: '{web.url('/hook')}'}}}}, shelf:"
    newer = SETTINGS.replace("{shelf:", fresh)
    knows = make_host(tmp_path, "one", storage, {}, newer)
    older = make_host(tmp_path, "two", storage, {})
    with closing(open_fleet_store(storage, tmp_path)) as store, older.service() as process:
        wait_until_running(older, process)
        put(store, "fresh", "shelf", now=datetime.now(UTC))  # both are due, and `fresh` comes first
        wait_for(lambda: states(store, "shelf") == {"sent"}, "what the older one knows")
        assert states(store, "fresh") == {"waiting"}
        assert older.run("once", "--send").status == 0
        assert states(store, "fresh") == {"waiting"}
        assert knows.run("once", "--send").status == 0
        assert states(store, "fresh") == {"sent"}


@pytest.fixture
def store(tmp_path: Path, cluster: Cluster) -> Iterator[FleetStore]:
    with closing(open_fleet_store(cluster.new_database(), tmp_path)) as store:
        yield store


def test_others_may_know_until_none_has_had_other_files_for_a_while(store: FleetStore) -> None:
    seconds = 0.0
    files = OtherFiles(store, "a", lambda: seconds)
    store.fleet.beat(HostSaid("a", "news-1", "1.0", "abc", 0))
    assert files.may_be("abc")  # one may be on its way
    seconds = PATIENCE
    assert not files.may_be("abc")
    store.fleet.beat(HostSaid("b", "news-2", "1.0", "def", 0))
    seconds += LOOK
    assert files.may_be("abc")
    store.fleet.beat(HostSaid("b", "news-2", "1.0", "abc", 0))
    seconds += PATIENCE - 1
    assert files.may_be("abc")
    seconds += LOOK
    assert not files.may_be("abc")
    assert files.may_be("def")  # its own are newer than those of the others
