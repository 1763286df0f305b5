"""A user of PostgreSQL that may read and write, and may make no tables."""

from collections.abc import Callable
from pathlib import Path
from typing import LiteralString

import pytest

from fleet.hosts import make_host, matched, wait_until_running
from fleet.sites import sites
from support.desk import wait_for
from support.postgresql import Cluster
from watchdesk.store.fleet_store import open_fleet_store

NO_TABLES: LiteralString = "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
MAY_WRITE: LiteralString = (
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO scribe; "
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO scribe"
)


def empty(_storage: str, _state: Path) -> None:
    """No table is there."""


def of_the_fleet(storage: str, state: Path) -> None:
    """All that hosts need is there."""
    open_fleet_store(storage, state).close()


@pytest.fixture
def as_scribe(cluster: Cluster, tmp_path: Path) -> Callable[..., str]:
    """Makes a database, and answers with its address for a user that may make no tables in it."""

    def made(begin: Callable[[str, Path], None], *, begun: bool, grants: LiteralString = MAY_WRITE) -> str:
        storage = cluster.begun_database() if begun else cluster.new_database()
        begin(storage, tmp_path)
        cluster.say(
            storage,
            "DO $$ BEGIN CREATE ROLE scribe LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; ",
        )
        cluster.say(storage, NO_TABLES)
        cluster.say(storage, grants)
        return storage.replace("//desk@", "//scribe@")

    return made


@pytest.mark.parametrize("begun", [False, True])
def test_who_may_make_no_tables_is_told_what_to_type(
    tmp_path: Path, as_scribe: Callable[..., str], begun: bool
) -> None:
    desk = make_host(tmp_path, "one", as_scribe(empty, begun=begun), {})
    refused = desk.run_process("run")
    assert refused.status == 2
    assert "its user scribe may make no tables in the schema public" in refused.err
    assert "GRANT USAGE, CREATE ON SCHEMA public TO scribe;" in refused.err
    assert "Traceback" not in refused.err


def test_who_may_not_write_is_told_what_to_type(tmp_path: Path, as_scribe: Callable[..., str]) -> None:
    storage = as_scribe(
        of_the_fleet, begun=False, grants="GRANT SELECT ON ALL TABLES IN SCHEMA public TO scribe"
    )
    refused = make_host(tmp_path, "one", storage, {}).run_process("run")
    assert refused.status == 2
    assert "its user scribe may not INSERT on articles, UPDATE on articles" in refused.err
    assert "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO scribe;" in refused.err


def test_nobody_needs_to_make_tables_that_are_there(tmp_path: Path, as_scribe: Callable[..., str]) -> None:
    storage = as_scribe(of_the_fleet, begun=False)
    with sites(2, 1) as web:
        desk = make_host(tmp_path, "one", storage, web.feeds)
        with desk.service() as process:
            wait_until_running(desk, process)
            wait_for(lambda: matched(storage).keys() == web.published, "every match")
            web.publish()
            wait_for(lambda: matched(storage).keys() == web.published, "the next")
        assert "permission denied" not in desk.log
        assert "Traceback" not in desk.log
