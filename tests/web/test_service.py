"""The page in the service's own process: it comes with the service, follows reloads, and stops nothing."""

import os
import re
import signal
import socket
from pathlib import Path

import requests

from support.desk import SETTINGS, DeskFiles, wait_for
from support.page import seeded
from support.web import WebServer
from watchdesk.demo.servers import free_port
from watchdesk.web.api import OPERATIONS
from watchdesk.web.pages import PAGES
from watchdesk.web.routes import API

PLAYGROUND = "watchdesk.web.playground.process"


def settings(listen: str) -> str:
    return f"{SETTINGS}web: {{listen: {listen}}}\n"


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


def test_the_page_comes_with_the_service_follows_a_reload_and_ends_with_it(desk: DeskFiles) -> None:
    first, second = free_port(), free_port()
    desk.write({}, settings(f"'127.0.0.1:{first}'"))
    with desk.service() as service:
        wait_for(lambda: answers(first), "the page")
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
        desk.write({}, settings("null"))
        service.send_signal(signal.SIGHUP)
        wait_for(lambda: not answers(second), "the end of the page")
        service.send_signal(signal.SIGTERM)
        assert service.wait() == 0


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
        body = {"query": "NATO", "against": "nato-spending"}
        found = requests.post(f"http://127.0.0.1:{port}/api/v1/backtest", json=body, timeout=60)
        assert found.status_code == 200, found.text
        assert found.json()["against"] == "nato-spending"
        (searching,) = [one for one in children(service.pid) if PLAYGROUND in command_of(one)]
        assert os.getpriority(os.PRIO_PROCESS, searching) == 10
        service.send_signal(signal.SIGKILL)
        service.wait()
        wait_for(lambda: PLAYGROUND not in command_of(searching), "the end of the search's process")


def test_every_page_and_document_is_there_in_the_service(desk: DeskFiles) -> None:
    """The service has its rules without their queries; a page served by a test might have whole ones."""
    port = free_port()
    with WebServer() as web:
        seeded(desk, web, settings(f"'127.0.0.1:{port}'"), articles=2)
    with desk.service():
        wait_for(lambda: answers(port), "the page")
        address = f"http://127.0.0.1:{port}"
        ids = {
            "articles": "1",
            "stories": "1",
            "rules": "nato-spending",
            "sources": "wire",
            "digests": requests.get(f"{address}/api/v1/digests", timeout=30).json()["digests"][0]["id"],
            "next": "flash",
        }

        def there(path: str) -> str:
            kind = path.partition("/{")[0].rpartition("/")[2]
            return re.sub(r"\{\w+\}", ids.get(kind, ""), path)

        paths = [there(page.path) for page in PAGES]
        paths += [API + there(one.path) for one in OPERATIONS if one.method == "GET"]
        asked = [path + "?rule=nato-spending" if path.endswith("/explain") else path for path in paths]
        asked += ["/rules/nato-spending?near=far", "/articles/1?rule=ukraine-aid", "/articles/1?others="]
        asked += ["/articles?query=NATO", "/playground?query=NATO&against=nato-spending"]
        found = {path: requests.get(address + path, timeout=30).status_code for path in asked}
        assert {path: status for path, status in found.items() if status != 200} == {}


def children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def command_of(process: int) -> str:
    """Empty once it has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""
