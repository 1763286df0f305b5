"""Hosts of one fleet are upgraded one after the other, while the others go on."""

import signal
import time
from pathlib import Path

import pytest

from fleet.hosts import make_host, matched, undelivered, wait_until_running
from fleet.sites import Sites, sites
from support.desk import DeskFiles, wait_for
from support.later import Later
from support.postgresql import Cluster
from watchdesk import __version__


def both_poll(web: Sites, *names: str) -> None:
    began = time.monotonic()
    wait_for(lambda: {visit.host for visit in web.since(began)} == set(names), "both poll")


def wait_until_matched(storage: str, web: Sites) -> None:
    wait_for(lambda: matched(storage).keys() == web.published, "every match", seconds=60)
    assert set(matched(storage).values()) == {1}


def versions(desk: DeskFiles) -> list[str]:
    hosts = desk.run("fleet", "--json").document["hosts"]
    return sorted(host["version"] for host in hosts if host["lives"])


@pytest.mark.slow
def test_an_older_host_goes_on_beside_a_newer_one_until_what_it_needs_is_removed(
    tmp_path: Path, cluster: Cluster
) -> None:
    storage = cluster.new_database()
    with sites(8, 2) as web:
        first, second = (make_host(tmp_path, name, storage, web.feeds) for name in ("one", "two"))
        newer, newest = Later(tmp_path / "newer", "9.0"), Later(tmp_path / "newest", "9.1")
        newer.adds(1)
        newest.adds(1)
        newest.removes(2)
        with first.service() as old:
            wait_until_running(first, old)
            wait_until_matched(storage, web)
            with newer.service(second) as upgraded:
                wait_for(lambda: "watchdesk is running" in second.log, "the start")
                web.publish()
                wait_until_matched(storage, web)
                both_poll(web, "one", "two")
                assert versions(first) == [__version__, "9.0"]
                old.send_signal(signal.SIGTERM)
                assert old.wait(30) == 0
                with first.service() as again:  # the older one may be started again
                    wait_until_running(first, again)
                    web.publish()
                    wait_until_matched(storage, web)
                    both_poll(web, "one", "two")
                    again.send_signal(signal.SIGTERM)
                    assert again.wait(30) == 0
                with newest.service(first):
                    wait_for(lambda: "watchdesk is running" in first.log, "the start")
                    assert upgraded.wait(30) == 2
                    assert "a newer watchdesk has changed the database" in second.log
                    web.publish()
                    wait_until_matched(storage, web)
                    with newer.service(second) as refused:
                        assert refused.wait(30) == 2
                    assert "was written by a newer watchdesk" in second.log
                    wait_for(lambda: undelivered(storage, first, second) == {}, "every digest")
    assert not web.double_visits()
    for desk in (first, second):
        assert "Traceback" not in desk.log
