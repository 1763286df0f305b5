"""Webhook receivers as bug reports describe them. Each bears the name of its case in tests/data/field."""

import pytest

from support.desk import SETTINGS, DeskFiles, item, rss
from support.web import Answer, WebServer
from watchdesk.demo.servers import free_port

HOOK = SETTINGS.replace("shelf: {files: digests/}", "hook: {webhook: {url: '%s'}}").replace(
    "to: [shelf]", "to: [hook], gather: 0s"
)


def deliveries_to(web: WebServer, desk: DeskFiles) -> list[tuple[str, str]]:
    """Channel and state of what one pass over a feed with news sends to the hook."""
    web.serve("/feed", rss(item("1", "NATO spending target")))
    desk.write({"wire": web.url("/feed")}, settings=HOOK % web.url("/hook"))
    document = desk.run("once", "--all", "--send", "--json").document
    return [(delivery["channel"], delivery["state"]) for delivery in document["deliveries"]]


def test_74_webhook_endless_answer(desk: DeskFiles, web: WebServer) -> None:
    """The status line says all: an answer that never ends is not read on."""
    web.respond("/hook", Answer(b"x" * 100_000, drip=0.01, headers={"Content-Length": "100000"}))
    assert deliveries_to(web, desk) == [("hook", "sent")]


def test_76_webhook_proxy_variable(desk: DeskFiles, web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A receiver on loopback is asked directly, whatever proxy the environment names."""
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    web.respond("/hook", Answer())
    assert deliveries_to(web, desk) == [("hook", "sent")]
