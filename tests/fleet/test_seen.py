"""What is seen of a fleet: by command, status, page, API and metrics."""

import random
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from fleet.hosts import make_host, wait_until_running
from support.desk import DeskFiles, item, rss, wait_for
from support.looks_of_pages import EVERY, chromium, faults, looked_at, overlaps, turn_to
from support.notices import causes, over
from support.page import FREE_PORT, ServedPage, served
from support.postgresql import Cluster
from support.web import WebServer
from watchdesk.app import open_desk
from watchdesk.configuration import read_configuration
from watchdesk.documents.fleet import (
    fleet_in_words,
    fleet_notes,
    lateness_in_words,
    states_in_words,
)
from watchdesk.model.hosts import FleetHost, without_replaced
from watchdesk.notices.fleet import FilesDiffer, MachineCutOff, fleet_causes, other_files
from watchdesk.pipeline import send_due, tell_operators
from watchdesk.remembered import SourcesNotice, forget
from watchdesk.service.fleet.recent_polls import RecentPolls
from watchdesk.service.measuring.histogram import Histogram
from watchdesk.service.measuring.measurements import LATENESS
from watchdesk.store import open_store
from watchdesk.store.fleet_rows import HostSaid
from watchdesk.store.fleet_store import FleetStore, open_fleet_store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WELL = FleetHost(
    "a", "news-1", "1.0", "all", "abc", NOW - DAY, NOW - DAY, NOW, 60, 2.5, 0.1, 0.4, 0, True, 3, True
)
OTHER = replace(WELL, id="b", name="news-2", leads=False)
SAID = HostSaid("a", "news-1", "1.0", "abc", 60, "all", 2.5, 0.1, 75.0, 4)


@pytest.fixture
def desk_of_two(desk: DeskFiles, cluster: Cluster) -> Iterator[FleetStore]:
    """News-1, which leads, and news-2, which goes by other files and holds shard 7; news-3 is silent.

    The last heartbeats of both that live are ahead, so that they do for as long as a test takes.
    """
    storage = cluster.new_database()
    desk.write({}, settings=f'storage: "{storage}"\n{FREE_PORT}')
    desk.state.mkdir()
    with closing(open_fleet_store(storage, desk.state)) as store:
        store.fleet.beat(SAID)
        store.fleet.beat(HostSaid("b", "news-2", "1.0", "def", 0))
        store.fleet.beat(HostSaid("c", "news-3", "1.0", "abc", 0))
        assert store.fleet.take(7, "b")
        with store.database.write() as connection:
            connection.exec_driver_sql(
                "UPDATE fleet_hosts SET since = now() - interval '3 hours', "
                "configured = now() - interval '9 min', "
                "beat = now() - CASE id WHEN 'c' THEN interval '2 hours' ELSE interval '-9 min' END"
            )
        yield store


def test_the_command_lists_hosts_and_how_late_they_poll(desk: DeskFiles, desk_of_two: FleetStore) -> None:
    lines = desk.run("fleet").out.splitlines()
    assert lines[0].split() == ["host", "state", "heartbeat", "shards", "polls", "p50", "p99", "files"]
    assert [line.split()[0] for line in lines[1:4]] == ["news-1", "news-2", "news-3"]
    assert "75" not in lines[2]
    assert "1 min" in lines[1]
    assert "machines go by different files: give each the same, and reload it (help: files-differ)" in lines
    assert "the machine news-3 has been silent for 2 h: others do its work" in lines
    assert max(map(len, lines[:4])) <= 80
    first, second, _ = desk.run("fleet", "--json").document["hosts"]
    assert (first["lateness_p50"], first["lateness_p99"], first["polls_per_second"]) == (0.1, 75.0, 2.5)
    assert (second["lateness_p50"], second["shards"], second["lapsed"]) == (None, 1, 0)


def test_the_status_names_hosts_and_asks_for_the_same_files(desk: DeskFiles, desk_of_two: FleetStore) -> None:
    said = desk.run("status")
    assert "machines    news-1 (leads), news-2; silent: news-3, last seen 2 h ago" in said.out
    assert "noted       the machine news-3 has been silent for 2 h: others do its work" in said.out
    assert (
        "! machines go by different files (news-1 by abc, news-2 by def): give each the same, and reload it;"
        in said.out
    )
    assert said.status == 1
    document = desk.run("status", "--json").document
    assert document["fleet"] == {"alive": ["news-1", "news-2"], "silent": ["news-3"]}
    assert "files-differ" in document["help"]


def test_page_api_and_metrics_say_the_same(desk: DeskFiles, desk_of_two: FleetStore) -> None:
    with served(desk) as page:
        assert page.get("/api/v1/fleet").json() == desk.run("fleet", "--json").document
        fleet, first = page.get("/fleet").text, page.get("/").text
        assert "2 machines share the work; 2.5 polls a second." in fleet
        assert "99 in 100 within 1 min" in fleet
        assert "Machines go by different files." in fleet
        assert '<a href="./fleet"' in first
        assert "see the fleet" in first
        metrics = page.get("/metrics").text
        for line in (
            'watchdesk_fleet_hosts{state="alive"} 2.0',
            'watchdesk_fleet_hosts{state="silent"} 1.0',
            'watchdesk_fleet_shards{host="news-2"} 1.0',
            'watchdesk_fleet_shards_lapsed_total{host="news-1"} 4.0',
            'watchdesk_fleet_poll_lateness_seconds{host="news-1",quantile="0.99"} 75.0',
            "watchdesk_fleet_configurations 2.0",
        ):
            assert line in metrics


def test_a_desk_of_one_machine_has_no_fleet(desk: DeskFiles) -> None:
    desk.write({}, settings=FREE_PORT)
    desk.run("once")
    with served(desk) as page:
        assert page.get("/api/v1/fleet").json() == {"hosts": []}
        assert "One machine does the work of this desk." in page.get("/fleet").text
        assert 'href="./fleet"' not in page.get("/").text
        assert "watchdesk_fleet" not in page.get("/metrics").text


@pytest.fixture
def pages(desk: DeskFiles, desk_of_two: FleetStore) -> Iterator[ServedPage]:
    with served(desk) as page:
        yield page


@pytest.mark.parametrize("path", ["/fleet", "/"])
def test_its_pages_can_be_used_by_everybody(pages: ServedPage, path: str) -> None:
    with chromium() as browser, looked_at(browser, pages.address + path, EVERY[0], None) as page:
        found: dict[str, list[str]] = {}
        for look in EVERY:
            turn_to(page, look, f"fleet{path.strip('/') or '-first'}")
            found[str(look)] = faults(page) + overlaps(page)
    assert {look: wrong for look, wrong in found.items() if wrong} == {}


def test_tables_of_an_older_program_are_read_and_brought_up_to_date(
    desk: DeskFiles, desk_of_two: FleetStore
) -> None:
    with desk_of_two.database.write() as connection:
        for column in ("configured", "pace", "lateness_p50", "lateness_p99", "lapsed"):
            connection.exec_driver_sql(f"ALTER TABLE fleet_hosts DROP COLUMN {column}")
        connection.exec_driver_sql("UPDATE fleet_versions SET version = '0002' WHERE part = 'hosts'")
    assert [host.lateness_p99 for host in desk_of_two.hosts()] == [None, None, None]
    storage = desk_of_two.database.url.render_as_string(hide_password=False).replace("+psycopg", "")
    with closing(open_fleet_store(storage, desk.state)) as store:
        store.fleet.beat(SAID)
        assert [host.lateness_p99 for host in store.hosts()] == [75.0, None, None]


def test_files_differ_once_nobody_is_reloading() -> None:
    by_others = replace(OTHER, configuration="def")
    differ = [FilesDiffer((("news-1", "abc"), ("news-2", "def")))]
    assert list(fleet_causes([WELL, OTHER])) == []
    assert list(fleet_causes([WELL, replace(by_others, lives=False)])) == []
    assert list(fleet_causes([WELL, replace(by_others, configuration="")])) == []
    lately = replace(by_others, configured=NOW - timedelta(minutes=4))
    assert list(fleet_causes([WELL, lately])) == []
    assert list(fleet_causes([WELL, lately], told_of_files=True)) == differ
    assert list(fleet_causes([WELL, by_others])) == differ
    assert other_files([WELL, lately]) == [WELL, lately]


def test_files_are_compared_within_a_version_alone() -> None:
    newer = replace(OTHER, configuration="def", version="1.1")
    assert list(fleet_causes([WELL, newer])) == []
    assert other_files([WELL, newer]) == []
    forgotten = replace(newer, id="c", name="news-3", configuration="ghi")
    assert other_files([WELL, newer, forgotten]) == [newer, forgotten]
    assert list(fleet_notes([WELL, newer], NOW)) == [
        "machines run different versions of watchdesk: news-1 has 1.0, news-2 has 1.1"
    ]


def test_a_machine_is_cut_off_where_another_one_that_polls_is_not() -> None:
    apart = replace(OTHER, unreached="no way", unreached_since=NOW - timedelta(minutes=2))
    cut_off = [MachineCutOff("news-2", NOW - timedelta(minutes=2), "no way")]
    assert list(fleet_causes([WELL, apart])) == cut_off
    assert states_in_words([WELL, apart]) == {"a": "leads", "b": "cut off"}
    assert list(fleet_causes([WELL, replace(apart, unreached_since=NOW - timedelta(seconds=50))])) == []
    for alone in (
        replace(WELL, unreached="no way", unreached_since=NOW - DAY),
        replace(WELL, lives=False),
        replace(WELL, role="sender"),
    ):
        assert list(fleet_causes([alone, apart])) == []
        assert states_in_words([alone, apart])["b"] == "works"


def test_the_operators_hear_of_different_files_once_and_of_their_end(
    desk: DeskFiles, desk_of_two: FleetStore
) -> None:
    storage = desk_of_two.database.url.render_as_string(hide_password=False).replace("+psycopg", "")
    shelf = "channels: {shelf: {files: digests/}}\noperators: {to: [shelf]}\n"
    desk.write({}, settings=f'storage: "{storage}"\n{FREE_PORT}{shelf}')
    with open_desk(read_configuration(desk.config), desk.state) as opened:
        for _ in range(2):
            tell_operators(opened.plan, opened.store, datetime.now(UTC))
        with desk_of_two.database.write() as connection:
            connection.exec_driver_sql("UPDATE fleet_hosts SET configuration = 'abc', configured = now()")
        tell_operators(opened.plan, opened.store, datetime.now(UTC))
        send_due(opened.plan, opened.store, "one", lambda: datetime.now(UTC), random.Random(7))
    assert causes(desk) == [["files-differ"], []]
    assert over(desk)[1] == ["All machines that work go by the same files."]


def test_a_host_that_died_is_noted_after_an_hour_unless_it_came_back() -> None:
    died = replace(OTHER, lives=False, beat=NOW - 2 * HOUR)
    assert list(fleet_notes([WELL, replace(died, beat=NOW - HOUR / 2)], NOW)) == []
    assert len(list(fleet_notes([WELL, died], NOW))) == 1
    back = replace(OTHER, id="c", since=NOW - HOUR)
    assert without_replaced([WELL, died, back]) == [WELL, back]
    beside = replace(back, since=NOW - DAY)  # another role on the same machine
    assert without_replaced([WELL, died, beside]) == [WELL, died, beside]


def test_one_machine_is_no_fleet_in_words() -> None:
    assert fleet_in_words([WELL], NOW) is None
    assert fleet_in_words([replace(WELL, lives=False), replace(OTHER, lives=False)], NOW + HOUR) == (
        "none alive; silent: news-1, last seen 1 h ago, news-2, last seen 1 h ago"
    )


def test_lateness_is_told_as_people_read_it() -> None:
    said = [lateness_in_words(seconds) for seconds in (None, 0.04, 9.94, 42.4, 300)]
    assert said == ["–", "0.0 s", "9.9 s", "42 s", "5 min"]


def test_what_was_late_long_ago_counts_no_more() -> None:
    ticks, lateness = count(0, 2), Histogram(LATENESS)
    recent = RecentPolls(lateness, lambda: float(next(ticks)))
    assert recent.lately().lateness_p50 is None
    lateness.observe_all([120.0] * 100)
    for _ in range(140):
        assert (recent.lately().lateness_p99 or 0) > 60
    lateness.observe_all([0.01] * 50)
    for _ in range(60):
        lately = recent.lately()
    assert (lately.lateness_p99 or 9) < 0.06
    assert lately.pace == pytest.approx(50 / 300, rel=0.1)


def test_operators_hear_once_whichever_host_leads(tmp_path: Path, cluster: Cluster, web: WebServer) -> None:
    storage = cluster.new_database()
    web.serve("/first", status=410)
    web.serve("/second", rss(item("1", "One")))
    feeds = {name: web.url(f"/{name}") for name in ("first", "second")}
    desks = [make_host(tmp_path, name, storage, feeds) for name in ("one", "two")]
    for desk in desks:
        path = desk.config / "watchdesk.yaml"
        path.write_text(path.read_text() + "operators: {to: [shelf]}\n")

    def told() -> Counter[str]:
        every = [cause for desk in desks for notice in causes(desk) for cause in notice]
        return Counter(cause.split(":")[1] for cause in every)

    with desks[0].service() as first, desks[1].service() as second:
        for desk, process in zip(desks, (first, second), strict=True):
            wait_until_running(desk, process)
        wait_for(told, "a notice")
        leader, other = (first, 1) if "reported trouble" in desks[0].log else (second, 0)
        leader.send_signal(signal.SIGTERM)
        assert leader.wait(30) == 0
        web.serve("/second", status=410)
        with closing(open_store(storage, desks[0].state)) as store:
            forget(store, SourcesNotice)  # what is news of sources waits no longer
        wait_for(lambda: "second" in told(), "another notice")
        assert "reported trouble" in desks[other].log
    assert told() == {"first": 1, "second": 1}
