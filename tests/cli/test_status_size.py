"""`watchdesk status`: how large the database is, and how it grows."""

import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.desk import SETTINGS, DeskFiles, item, rss
from support.postgresql import Cluster
from support.web import WebServer
from watchdesk.configuration import read_configuration
from watchdesk.model import SizeSample, SizeSamples
from watchdesk.remembered import remember, remembered
from watchdesk.reporting import disk_of
from watchdesk.service.upkeep.chores import Workplace
from watchdesk.service.upkeep.measuring import Measuring
from watchdesk.store import open_store


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_status_tells_the_size_at_once_and_its_growth_after_a_day(
    kind: str, desk: DeskFiles, web: WebServer, request: pytest.FixtureRequest
) -> None:
    storage = "sqlite"
    if kind == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        storage = cluster.new_database()
    web.serve("/feed", rss(item("1", "NATO agrees", "Ministers of NATO agreed.")))
    desk.write({"wire": web.url("/feed")}, f"{SETTINGS}storage: {storage}\n")
    assert desk.run("once", "--all").status == 0
    before = desk.run("status", "--json").document["database"]
    assert before["size"] >= before["used"] > 100_000
    assert (before["free"] is None) == (kind == "postgresql")
    assert (before["growth_per_week"], before["full_in_days"]) == (None, None)
    with closing(open_store(storage, desk.state)) as store:
        place = Workplace(store, read_configuration(desk.config), lambda: datetime.now(UTC))
        for _ in range(3):
            Measuring().step(place)  # `once` has done so already, where it had a second for it
        sizes = remembered(store).sizes
        assert sizes and len(sizes.samples) == 1
        last = sizes.samples[-1]
        week_ago = SizeSample(last.at - timedelta(days=7), last.used - 63_000_000)
        remember(store, SizeSamples((week_ago, *sizes.samples)))
    after = desk.run("status", "--json").document["database"]
    assert after["growth_per_week"] == pytest.approx(63_000_000, rel=0.01)
    assert (after["level_in_days"], after["full_in_days"]) == (179, None)  # there is room for 1.6 GB
    assert after["level_at"] == pytest.approx(180 * 9_000_000, rel=0.02)
    (line,) = [line for line in desk.run("status").out.splitlines() if line.startswith("database ")]
    assert ", 63 MB a week, 179 days until it levels off at about 1.6 GB, as old articles" in line


def test_the_size_of_an_unusable_database_is_unknown(desk: DeskFiles, web: WebServer) -> None:
    desk.write({"wire": web.url("/feed")})
    desk.run("once")
    (desk.state / "watchdesk.db").write_bytes(b"not a database" * 1000)
    found = desk.run("status", "--json").document["database"]
    assert (found["usable"], found["size"], found["growth_per_week"]) == (False, None, None)


def test_the_disk_of_a_directory_that_is_gone_is_that_of_the_place_where_it_was(tmp_path: Path) -> None:
    disk = disk_of(tmp_path / "state" / "deeper")
    assert disk and disk.total == shutil.disk_usage(tmp_path).total
