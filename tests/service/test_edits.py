"""The real service notices edits, follows them, and says what they changed or what is wrong with them."""

import signal
import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.desk import STRANGER, DeskFiles, environment, item, rss, wait_for
from support.notices import causes
from support.web import WebServer

SETTINGS = """\
polling: {every: 1s, fastest: 1s, first_poll: all, private_addresses: allow, timeout: 5s}
articles: {full_text: never}
channels: {shelf: {files: digests/}}
digests: {flash: {title: Flash, rules: all, at: once, to: [shelf]}}
operators: {to: [shelf]}
"""
NATO = "rules:\n  nato: {title: NATO, query: NATO}\n"
RELOADED = "configuration reloaded"
REFUSED = "the old one stays in force"


class Manager:
    """A service manager that keeps what it is told."""

    def __init__(self, path: Path) -> None:
        self.told: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while received := self._socket.recv(4096):
            self.told.append(received.decode())


def saved(path: Path, text: str) -> None:
    """As most editors do it."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text)
    beside.replace(path)


def test_edits_are_followed_and_mistakes_are_told_until_they_are_mended(
    desk: DeskFiles, web: WebServer
) -> None:
    manager = Manager(desk.root / "notify")
    web.serve("/feed", rss(item("1", "NATO agrees")))
    web.serve("/more", rss(item("2", "NATO agrees more")))
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS, rules=NATO)
    rules = desk.config / "rules" / "desk.yaml"
    with desk.service(NOTIFY_SOCKET=str(desk.root / "notify")):
        wait_for(lambda: "watchdesk is running" in desk.log, "the start")
        saved(desk.config / "sources.yaml", f"sources: {{wire: {{feed: '{web.url('/more')}'}}}}\n")
        saved(rules, "rules:\n  # moved\n  nato: {title: NATO, query: NATO}\n  grain: {query: grain}\n")
        wait_for(lambda: RELOADED in desk.log, "the reload")
        assert "changes='rules: +1 −0 ~0; sources: ~1'" in desk.log
        assert desk.log.count(RELOADED) == 1
        wait_for(lambda: any(r.path == "/more" for r in web.requests), "a poll of the new address")
        wait_for(lambda: "rules: +1 −0 ~0; sources: ~1" in desk.run("status").out, "the same in `status`")

        for mistake in ("(NATO", "NATO OR"):
            saved(rules, f"rules:\n  nato: {{title: NATO, query: {mistake}}}\n")
            refusals = desk.log.count(REFUSED)
            wait_for(lambda: desk.log.count(REFUSED) > refusals, "the refusal")  # noqa: B023
        status = desk.run("status")
        assert status.status == 1
        assert "    nato: {title: NATO, query: NATO OR}\n" in status.out
        assert "^\n" in status.out
        assert "hint:" in status.out
        wait_for(lambda: "STATUS=configuration refused: rules/desk.yaml:2:" in manager.told[-1], "systemd")
        wait_for(lambda: causes(desk), "a notice to the operators")

        saved(rules, NATO)
        wait_for(lambda: desk.log.count(RELOADED) == 2, "the reload of what is right")
        wait_for(lambda: manager.told[-1] == "READY=1\nSTATUS=1 sources, 1 rules, 1 digests", "systemd")
        wait_for(lambda: desk.run("status").status == 0, "the end of the trouble in `status`")
        # Of two mistakes in a row, one; that they are over may be told by now, too.
        assert [len(told) for told in causes(desk) if told] == [1]


def test_by_signal_alone_edits_wait_for_it(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss())
    desk.write({"wire": web.url("/feed")}, settings=f"reload: signal\n{SETTINGS}", rules=NATO)
    rules, settings = desk.config / "rules" / "desk.yaml", desk.config / "watchdesk.yaml"
    with desk.service() as process:
        wait_for(lambda: "watchdesk is running" in desk.log, "the start")
        assert "notify-rs" not in _threads(process.pid)
        saved(rules, "rules:\n  grain: {query: grain}\n")
        polls = len(web.requests)
        wait_for(lambda: len(web.requests) >= polls + 3, "some seconds")
        assert RELOADED not in desk.log
        saved(settings, f"{SETTINGS}web: {{listen: null}}\n")
        process.send_signal(signal.SIGHUP)
        wait_for(lambda: RELOADED in desk.log, "the reload")
        assert "changes='rules: +1 −1 ~0; settings: reload'" in desk.log
        saved(rules, NATO)
        wait_for(lambda: desk.log.count(RELOADED) == 2, "a reload without a signal")


def _threads(process: int) -> str:
    return " ".join(path.read_text() for path in Path(f"/proc/{process}/task").glob("*/comm"))


@contextmanager
def service_under(desk: DeskFiles, *before: str) -> Iterator[None]:
    with (desk.root / "service.log").open("wb") as log:
        process = subprocess.Popen([*before, *desk.command("run")], stdout=log, stderr=log, env=environment())
    try:
        wait_for(lambda: "watchdesk is running" in desk.log, "the start")
        yield
    finally:
        process.kill()
        process.wait()


WITHOUT_INOTIFY = (
    "unshare",
    "--user",
    "--map-root-user",
    "sh",
    "-c",
    'echo 0 > /proc/sys/user/max_inotify_instances && exec "$@"',
    "sh",
)
"""Before a command: runs it as a user who has used up all of inotify."""


def _runs(command: Sequence[str]) -> bool:
    return subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not _runs(WITHOUT_INOTIFY), reason="user namespaces are not to be had here")
def test_where_inotify_is_used_up_the_files_are_looked_at(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss())
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS, rules=NATO)
    with service_under(desk, *WITHOUT_INOTIFY):
        saved(desk.config / "rules" / "desk.yaml", "rules:\n  grain: {query: grain}\n")
        wait_for(lambda: RELOADED in desk.log, "the reload")
        saved(desk.config / "rules" / "desk.yaml", NATO)
        wait_for(lambda: desk.log.count(RELOADED) == 2, "another one")
    assert desk.log.count("the system cannot tell of changed files") == 1


@pytest.mark.skipif(not _runs(STRANGER), reason="user namespaces are not to be had here")
def test_a_file_that_may_not_be_read_is_a_mistake_until_it_may(desk: DeskFiles, web: WebServer) -> None:
    desk.write({}, settings=SETTINGS, rules=NATO)
    desk.state.mkdir()
    for path in (desk.root, *desk.root.rglob("*")):
        path.chmod(0o777)
    rules = desk.config / "rules" / "desk.yaml"
    with service_under(desk, *STRANGER):
        rules.chmod(0)
        wait_for(lambda: "rules/desk.yaml:1:1: cannot be read: Permission denied" in desk.log, "the refusal")
        rules.chmod(0o644)
        wait_for(lambda: RELOADED in desk.log, "the reload")
    assert f"changes={'no rule, source or setting'!r}" in desk.log
