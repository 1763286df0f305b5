"""The real service notices edits, follows them, and says what they changed or what is wrong with them."""

import html
import re
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import indent

import pytest
import requests

from support.desk import BRISK, STRANGER, DeskFiles, environment, item, rss, wait_for
from support.notices import causes, over, sentences
from support.page import FREE_PORT
from support.service_manager import Manager
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


def saved(path: Path, text: str) -> None:
    """As most editors do it."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text)
    beside.replace(path)


MISTAKEN = """\
    nato: {title: NATO, query: NATO OR}
                                       ^
"""


def page_of(desk: DeskFiles) -> str:
    """What the first page says, as text."""
    found = re.search(r"address=(http://\S+)", desk.log)
    assert found
    return html.unescape(requests.get(found[1], timeout=30).text)


def test_edits_are_followed_and_mistakes_are_told_until_they_are_mended(
    desk: DeskFiles, web: WebServer
) -> None:
    manager = Manager(desk.root / "notify")
    web.serve("/feed", rss(item("1", "NATO agrees")))
    web.serve("/more", rss(item("2", "NATO agrees more")))
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS + FREE_PORT, rules=NATO)
    rules = desk.config / "rules" / "desk.yaml"
    with desk.service(BRISK, NOTIFY_SOCKET=str(desk.root / "notify")):
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
        assert indent(MISTAKEN, "  ") in status.out
        assert "hint:" in status.out
        wait_for(lambda: "STATUS=configuration refused: rules/desk.yaml:2:" in manager.told[-1], "systemd")
        wait_for(lambda: causes(desk), "a notice to the operators")
        assert re.search(r"the previous one stays in force\. rules/desk\.yaml:2:\d+: ", sentences(desk))
        assert MISTAKEN.replace("\n", "\\n") in desk.log
        wait_for(lambda: MISTAKEN in page_of(desk), "the line with its caret on the page")

        saved(rules, NATO)
        wait_for(lambda: desk.log.count(RELOADED) == 2, "the reload of what is right")
        wait_for(lambda: manager.told[-1] == "READY=1\nSTATUS=1 sources, 1 rules, 1 digests", "systemd")
        wait_for(lambda: desk.run("status").status == 0, "the end of the trouble in `status`")
        wait_for(lambda: "All is well" in page_of(desk), "the end of it on the page")
        wait_for(lambda: any(over(desk)), "what is said of the recovery")
        assert [len(told) for told in causes(desk)] == [1, 0]  # of two mistakes in a row, one
        assert over(desk) == [[], ["The configuration is in force as its files have it now."]]


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
    assert f"changes={'nothing changed'!r}" in desk.log
