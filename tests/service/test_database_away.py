"""PostgreSQL goes away under the running service, and comes back."""

import signal
from collections.abc import Iterator

import pytest

from support.desk import DeskFiles, item, rss, wait_for
from support.postgresql import Cluster, throwaway_cluster
from support.web import WebServer

SETTINGS = """\
storage: "%s"
polling: {every: 1s, fastest: 1s, slowest: 1s, first_poll: all, private_addresses: allow, timeout: 5s}
articles: {full_text: never}
channels: {shelf: {files: digests/}, desk: {files: told/}}
operators: {to: [desk]}
digests: {flash: {title: Flash, rules: all, at: once, to: [shelf]}}
"""


@pytest.fixture
def own_cluster(cluster: Cluster) -> Iterator[Cluster]:
    """A server of its own, which may be stopped; `cluster` skips where there is none."""
    with throwaway_cluster() as running:
        yield running


@pytest.mark.slow
def test_the_service_goes_on_by_itself_when_its_server_is_back(
    desk: DeskFiles, web: WebServer, own_cluster: Cluster
) -> None:
    web.serve("/feed", rss(item("1", "NATO agrees a spending target", "NATO and defence spending.")))
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS % own_cluster.new_database())
    with desk.service() as process:
        wait_for(lambda: list((desk.state / "digests").glob("2*.json")), "a digest", seconds=60)
        own_cluster.stop()
        wait_for(lambda: "the database cannot be used" in desk.log, "the log", seconds=40)
        wait_for(lambda: list((desk.state / "told").glob("2*.json")), "the direct notice", seconds=60)
        assert desk.run("status").status == 1
        asked = len(web.requests)
        own_cluster.start()
        web.serve("/feed", rss(item("2", "NATO lifts the spending target", "NATO and defence spending.")))
        wait_for(lambda: len(list((desk.state / "digests").glob("2*.json"))) == 2, "the next", seconds=90)
        assert len(web.requests) > asked
        wait_for(lambda: desk.run("status").status == 0, "a status without needs", seconds=60)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert "Traceback" not in desk.log
