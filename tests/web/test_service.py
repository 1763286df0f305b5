"""The page in the service's own process: it comes with the service, follows reloads, and stops nothing."""

import os
import re
import resource
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import requests

from support.desk import SETTINGS, DeskFiles, wait_for
from support.page import seeded
from support.web import Answer, WebServer
from watchdesk.demo.servers import free_port
from watchdesk.service.liveness import Phase, Processes, ServiceStatus, status_file
from watchdesk.service.liveness.status import PageStatus
from watchdesk.web.api import OPERATIONS
from watchdesk.web.connections import MOST
from watchdesk.web.pages import PAGES
from watchdesk.web.routes import API


def settings(listen: str) -> str:
    return f"{SETTINGS}web: {{listen: {listen}}}\n"


def healthy(desk: DeskFiles, status: int = 0) -> str:
    """What is said to who starts the service again where it is not."""
    said = desk.run("status", "--healthy")
    assert said.status == status, said.out
    return said.out


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


def test_the_page_comes_with_the_service_follows_a_reload_and_ends_with_it(desk: DeskFiles) -> None:
    first, second = free_port(), free_port()
    desk.write({}, settings(f"'127.0.0.1:{first}'"))
    assert "no service has run" in healthy(desk, status=1)
    with desk.service() as service:
        wait_for(lambda: answers(first), "the page")
        assert healthy(desk) == "healthy\n"
        page = requests.get(f"http://127.0.0.1:{first}/", timeout=10)
        assert "All is well" in page.text
        told = requests.get(f"http://127.0.0.1:{first}/api/v1/status", timeout=10).json()
        printed = desk.run("status", "--json").document
        assert told.keys() == printed.keys()
        assert told["service"]["pid"] == printed["service"]["pid"] == service.pid
        desk.write({}, settings(f"'127.0.0.1:{second}'"))
        service.send_signal(signal.SIGHUP)
        wait_for(lambda: answers(second), "the page at its new address")
        assert not answers(first)
        line = f"page        http://127.0.0.1:{second}/"
        wait_for(lambda: line in desk.run("status").out, "its new address in the status")
        assert healthy(desk) == "healthy\n"
        desk.write({}, settings("null"))
        service.send_signal(signal.SIGHUP)
        wait_for(lambda: not answers(second), "the end of the page")
        wait_for(lambda: "page  " not in desk.run("status").out, "its end in the status")
        assert healthy(desk) == "healthy\n"
        service.send_signal(signal.SIGTERM)
        assert service.wait() == 0
    assert healthy(desk, status=1) == "unhealthy: the service does not run: stopped\n"


def test_what_a_page_says_of_its_health_is_said(desk: DeskFiles, web: WebServer) -> None:
    processes, now = Processes(), datetime.now(UTC)
    shown = PageStatus(web.url())
    status = ServiceStatus(processes.own(), now, now, processes.clock(), phase=Phase.RUNNING, page=shown)
    desk.write({})
    desk.state.mkdir()
    status_file(desk.state).write(status)
    web.respond("/healthz", Answer(b"unhealthy", 503))
    assert healthy(desk, status=1) == f"unhealthy: {web.url()}healthz answers 503\n"
    web.respond("/healthz", Answer(b"healthy"))
    assert desk.run("status", "--healthy", "--json").document == {"healthy": True, "reason": None}


def test_a_taken_port_stops_nothing_and_is_told(desk: DeskFiles) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        desk.write({}, settings(f"'127.0.0.1:{port}'"))
        with desk.service():
            wait_for(lambda: "there is no page" in desk.log, "a line in the log")
            wait_for(lambda: "it is tried again each minute" in desk.run("status").out, "the status")
            answered = desk.run("status", "--json")
            assert answered.status == 0
            assert "in use" in answered.document["service"]["page"]["trouble"]


def test_queries_are_tried_beside_the_service_and_end_with_it(desk: DeskFiles) -> None:
    """The service itself does not have the queries of its rules."""
    port = free_port()
    desk.write({}, settings(f"'127.0.0.1:{port}'"))
    with desk.service() as service:
        wait_for(lambda: answers(port), "the page")
        wait_for(lambda: nicest(service.pid), "the upkeep process")
        before = nicest(service.pid)
        body = {"query": "NATO", "against": "nato-spending"}
        found = requests.post(f"http://127.0.0.1:{port}/api/v1/backtest", json=body, timeout=60)
        assert found.status_code == 200, found.text
        assert found.json()["against"] == "nato-spending"
        (searching,) = nicest(service.pid) - before
        service.send_signal(signal.SIGKILL)
        service.wait()
        wait_for(lambda: not Path(f"/proc/{searching}").exists(), "the end of the search's process")


def test_rules_answer_as_they_are_in_force_while_a_file_has_a_mistake(desk: DeskFiles) -> None:
    port = free_port()
    with WebServer() as web:
        seeded(desk, web, settings(f"'127.0.0.1:{port}'"), articles=1)
    file = desk.config / "rules" / "desk.yaml"
    good, address = file.read_text(), f"http://127.0.0.1:{port}"

    def shown(path: str) -> str:
        return requests.get(address + path, timeout=60).text

    def explained() -> requests.Response:
        return requests.get(f"{address}/api/v1/articles/1/explain?rule=nato-spending", timeout=60)

    def mistakes() -> str:
        told = requests.get(f"{address}/api/v1/status", timeout=30).json()
        return str(told["configuration"]["mistakes"])

    with desk.service() as service:
        wait_for(lambda: answers(port), "the page")
        assert explained().json()["matched"] is True
        file.write_text(good.replace("NATO AND", "pigeons AND AND"))
        wait_for(lambda: "AND" in mistakes(), "the mistake")
        page = shown("/articles/1")
        assert "<mark>defence spending</mark>" in page
        assert "cannot be told now" not in page
        assert explained().json()["matched"] is True
        compared = requests.post(
            f"{address}/api/v1/backtest", json={"query": "NATO", "against": "nato-spending"}, timeout=60
        )
        assert compared.json()["against"] == "nato-spending"
        file.write_text(good.replace("NATO AND", "pigeons AND"))
        wait_for(lambda: explained().json()["matched"] is False, "the new rules")
        assert "fails by <code>pigeons</code>" in shown("/articles/1?others=")
        service.send_signal(signal.SIGTERM)
        assert service.wait() == 0


def test_every_page_is_there_in_the_service_and_polls_go_on_beside_crowds(desk: DeskFiles) -> None:
    """The service has its rules without their queries; a page served by a test might have whole ones.

    It has no more file descriptors than systemd gives a service, 1,024, and polls need some of them.
    """
    port = free_port()
    with WebServer() as web:
        seeded(desk, web, settings(f"'127.0.0.1:{port}'"), articles=2)
    with desk.service() as service:
        wait_for(lambda: answers(port), "the page")
        address = f"http://127.0.0.1:{port}"
        ids = {
            "articles": "1",
            "stories": "1",
            "rules": "nato-spending",
            "sources": "wire",
            "help": "disk-full",
            "digests": requests.get(f"{address}/api/v1/digests", timeout=30).json()["digests"][0]["id"],
            "next": "flash",
        }

        def there(path: str) -> str:
            kind = path.partition("/{")[0].rpartition("/")[2]
            return re.sub(r"\{\w+\}", ids.get(kind, ""), path)

        paths = [there(page.path) for page in PAGES]
        paths += [API + there(one.path) for one in OPERATIONS if one.method == "GET"]
        of_rule = ("/explain", "/label")
        asked = [path + "?rule=nato-spending" if path.endswith(of_rule) else path for path in paths]
        asked += ["/rules/nato-spending?near=far", "/articles/1?rule=ukraine-aid", "/articles/1?others="]
        asked += ["/articles?query=NATO", "/playground?query=NATO&against=nato-spending"]
        found = {path: requests.get(address + path, timeout=30).status_code for path in asked}
        assert {path: status for path, status in found.items() if status != 200} == {}
        with many_connections(port, 1000):
            assert answers(port)
            assert len(list(Path(f"/proc/{service.pid}/fd").iterdir())) < MOST + 200
            before = polls(address)
            wait_for(lambda: polls(address) > before, "polls beside a thousand connections")
            assert answers(port)


def polls(address: str) -> float:
    """How many there have been."""
    told = requests.get(f"{address}/metrics", timeout=30).text
    return sum(map(float, re.findall(r"^watchdesk_polls_total\S* (\S+)$", told, re.MULTILINE)))


@contextmanager
def many_connections(port: int, count: int) -> Iterator[None]:
    """Half of them have begun to ask, and none goes on."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, count + 500)), hard))
    try:
        with ExitStack() as opened:
            for number in range(count):
                one = opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
                if number % 2:
                    with suppress(ConnectionError):  # it had to make room already
                        one.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
            yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def children(process: int) -> Iterator[int]:
    for task in Path(f"/proc/{process}/task").iterdir():
        with suppress(OSError):  # the thread has ended
            yield from map(int, (task / "children").read_text().split())


def nicest(service: int) -> set[int]:
    """Processes of the service that leave it the processor."""
    beside, found = os.getpriority(os.PRIO_PROCESS, service), set[int]()
    for server in children(service):
        for one in children(server):
            with suppress(ProcessLookupError):
                if os.getpriority(os.PRIO_PROCESS, one) == min(beside + 10, 19):
                    found.add(one)
    return found
