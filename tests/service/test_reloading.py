"""The last good configuration goes on, whatever the files hold and whatever happens while it is loaded."""

import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from support.desk import DeskFiles, item, rss, wait_for
from support.web import WebServer

NATO = item("1", "NATO agrees a new spending target", "Ministers of NATO agreed on defence spending.")
KIND = """\
import json, os
from pathlib import Path
from pydantic import BaseModel
from watchdesk.delivery.kind import ChannelKind
class Options(BaseModel):
    raises: str = ""
class Silent(Exception):
    def __str__(self):
        raise RuntimeError("no text")
class Quiet:
    def send(self, parcel, now):
        from watchdesk.model import Sent
        return Sent()
def build(options, context):
    match options.raises:
        case "runtime": raise RuntimeError("no such thing")
        case "exit": raise SystemExit(3)
        case "silent": raise Silent
        case "base": raise BaseException("odd")
        case "recursion": return build(options, context)
    return Quiet()
KIND = ChannelKind(Options, build)
"""
SETTINGS = """\
polling: {every: 1s, fastest: 1s, first_poll: all, private_addresses: allow, timeout: 5s}
articles: {full_text: never}
channels: {shelf: {files: digests/}, odd: {odd: {raises: "%s"}}}
digests: {flash: {title: Flash, rules: all, at: once, to: [shelf]}}
operators: {to: [shelf]}
"""


def with_kind(desk: DeskFiles) -> dict[str, str]:
    """Installs a third party's kind of channel; the environment in which it is found."""
    packages = desk.root / "packages"
    about = packages / "odd-1.dist-info"
    about.mkdir(parents=True)
    (packages / "odd.py").write_text(KIND)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[watchdesk.channels]\nodd = odd:KIND\n")
    return {"PYTHONPATH": str(packages)}


def titles(desk: DeskFiles) -> list[str]:
    pages = [json.loads(path.read_text()) for path in (desk.state / "digests").glob("2*flash*.json")]
    rules = [rule for page in pages for rule in page["rules"]]
    return [story["article"]["title"] for rule in rules for story in rule["stories"]]


def refusals(desk: DeskFiles) -> int:
    return desk.log.count("the old one stays in force")


def test_no_reload_kills_the_service_and_it_obeys_at_once(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss())
    good, feeds = SETTINGS % "", {"wire": web.url("/feed")}
    variables = with_kind(desk)
    desk.write(feeds, settings=good)
    rules = desk.config / "rules" / "desk.yaml"
    kept = rules.read_text()
    with desk.service_from_cold(**variables) as process:
        wait_for(lambda: "watchdesk is running" in desk.log, "the start", seconds=60)
        expected = 0
        for raises in ("runtime", "exit", "base", "recursion", "silent"):
            desk.write(feeds, settings=SETTINGS % raises)
            process.send_signal(signal.SIGHUP)
            expected += 1
            wait_for(lambda: refusals(desk) == expected, f"the refusal of {raises}", seconds=40)  # noqa: B023
        assert "cannot be made: RuntimeError: no such thing" in desk.log
        desk.write(feeds, settings=good)
        for content in (b"rules: " + b"[" * 5000, b"\x00\xff"):
            rules.write_bytes(content)
            process.send_signal(signal.SIGHUP)
            expected += 1
            wait_for(lambda: refusals(desk) == expected, "the refusal of the rules", seconds=40)  # noqa: B023
        status = desk.run("status")
        assert status.status == 1
        assert "rules/desk.yaml:1:" in status.out
        assert "running" in status.out
        web.serve("/feed", rss(NATO))
        wait_for(lambda: titles(desk), "a digest by the old rules", seconds=40)
        rules.write_text(kept)
        for _ in range(300):
            process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert desk.log.count("configuration reloaded") <= 2
    assert "Traceback" not in desk.log


@pytest.mark.parametrize("reading", [True, False], ids=["while it reads the files", "in a reload"])
def test_a_service_stops_while_the_process_that_forks_its_workers_hangs(
    desk: DeskFiles, web: WebServer, reading: bool
) -> None:
    web.serve("/feed", rss(NATO))
    desk.write({"wire": web.url("/feed")})
    with desk.service_from_cold() as process:
        if reading:
            wait_for(lambda: _children(process.pid), "the process that reads the files")
            (server,) = _children(process.pid)
        else:
            wait_for(lambda: "watchdesk is running" in desk.log, "the start", seconds=60)
            (server,) = _children(process.pid)
        os.kill(server, signal.SIGSTOP)
        if not reading:
            process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0
        wait_for(lambda: not Path(f"/proc/{server}/exe").exists(), "its end", 10)
    assert "cannot be used" not in desk.log


def _children(process: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def test_check_makes_the_channels(desk: DeskFiles) -> None:
    desk.write({}, settings=SETTINGS % "exit")
    variables = with_kind(desk)
    sys.path.insert(0, variables["PYTHONPATH"])
    try:
        answered = desk.run("check")
        assert answered.status == 2
        assert "watchdesk.yaml:3:" in answered.err
        assert "the channel 'odd' cannot be made: SystemExit: 3" in answered.err
        assert not desk.state.exists()
        desk.write({}, settings=SETTINGS % "")
        assert "all well" in desk.run("check").out
    finally:
        sys.path.remove(variables["PYTHONPATH"])
        sys.modules.pop("odd", None)


@pytest.mark.slow
def test_a_hangup_before_it_is_ready_does_not_kill_it(desk: DeskFiles, web: WebServer) -> None:
    desk.write({})
    with desk.service() as process:
        caught = Path(f"/proc/{process.pid}/status")

        def ignores() -> bool:
            sets = dict(
                line.split(":\t") for line in caught.read_text().splitlines() if line.startswith("Sig")
            )
            return bool((int(sets["SigIgn"], 16) | int(sets["SigCgt"], 16)) & 1)

        wait_for(ignores, "the handler", seconds=20)
        assert "watchdesk is running" not in desk.log
        for _ in range(20):
            process.send_signal(signal.SIGHUP)
            time.sleep(0.02)
        wait_for(lambda: "watchdesk is running" in desk.log, "the start", seconds=60)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
