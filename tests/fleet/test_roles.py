"""Machines that do a part of the work."""

from pathlib import Path

from fleet.hosts import make_host, matched, undelivered, wait_until_running
from fleet.sites import sites
from support.desk import DeskFiles, environment, wait_for
from support.postgresql import Cluster
from support.warm import Warm


def started(desk: DeskFiles, role: str) -> Warm:
    return Warm(desk.command("run", "--role", role)[3:], desk.root / "service.log", environment(), {})


def test_one_polls_and_the_other_sends(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    with sites(2, 2) as web:
        roles = {"one": "poller", "two": "sender", "three": "web"}
        desks = {name: make_host(tmp_path, name, storage, web.feeds) for name in roles}
        processes = {name: started(desk, roles[name]) for name, desk in desks.items()}
        try:
            for name, process in processes.items():
                wait_until_running(desks[name], process)
            wait_for(lambda: matched(storage).keys() == web.published, "every match")
            wait_for(lambda: undelivered(storage, desks["two"]) == {}, "every digest")
            assert {visit.host for visit in web.since(0)} == {"one"}
            assert not list((desks["one"].state / "digests").glob("*"))
            hosts = desks["one"].run("fleet", "--json").document["hosts"]
            assert sorted(host["role"] for host in hosts) == ["poller", "sender", "web"]
        finally:
            for process in processes.values():
                process.kill()
                process.wait(10)


def test_a_part_of_the_work_of_one_machine_is_refused(desk: DeskFiles) -> None:
    desk.write({})
    refused = started(desk, "poller")
    assert refused.wait(60) == 2
    assert "--role poller is for one of several machines on one PostgreSQL" in desk.log
