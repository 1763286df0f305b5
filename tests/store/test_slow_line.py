"""A host to which PostgreSQL answers slowly holds up no other."""

import threading
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import event

from store.test_limits import LATER, PAIR, SOON, put
from support.postgresql import Cluster
from support.proxy import SlowLine
from watchdesk.store import open_store

pytestmark = pytest.mark.parametrize("storage", ["postgresql"], indirect=True)


def test_a_host_that_waits_for_the_answer_to_a_lease_holds_up_no_other(
    cluster: Cluster, storage: str, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("near", "far")]
    for folder in folders:
        folder.mkdir()
    with SlowLine(cluster.socket) as line:
        by_line = f"postgresql://desk@127.0.0.1:{line.port}{urlsplit(storage).path}?sslmode=disable"
        with (
            closing(open_store(storage, folders[0])) as near,
            closing(open_store(by_line, folders[1])) as far,
        ):
            put(near, 3)
            asked, got = threading.Event(), list[str]()

            def ask(_connection: object, _cursor: object, statement: str, *_: object) -> None:
                if "UPDATE deliveries" in statement:
                    line.answers.clear()
                    asked.set()

            def lease() -> None:
                got.extend(one.delivery.id for one in far.lease("far", LATER, SOON, 1, PAIR))

            event.listen(far._database.engine, "before_cursor_execute", ask)
            waiting = threading.Thread(target=lease)
            waiting.start()
            assert asked.wait(30)
            taken = [one.delivery.id for one in near.lease("near", LATER, SOON, 1, PAIR)]
            assert waiting.is_alive() and not got
            line.answers.set()
            waiting.join(30)
    assert sorted([*taken, *got]) == ["hook00", "hook01"]
