"""A third party's channel, installed as a package is, through the real process: it harms no other."""

import json
import os
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest

from support.desk import DeskFiles, environment, item, rss
from support.parcels import NOW, parcel
from support.web import WebServer
from watchdesk.config.settings import ChannelSettings
from watchdesk.delivery.attempt import Contained, attempt, normalised
from watchdesk.delivery.channels import KINDS, build_channels
from watchdesk.model import Parcel, Refused, Retry, SendOutcome, Sent
from watchdesk.store import open_store

MODULE = """
import os, sys
print("imported, on", "stdout")
os.system("echo imported by a program")
from pydantic import BaseModel
from watchdesk.delivery.kind import ChannelKind
from watchdesk.model import Sent, Retry, Refused

class Options(BaseModel):
    does: str

class Ending(BaseException):
    pass

class Odd(Exception):
    def __str__(self):
        raise RuntimeError("no text")

class Theirs:
    def __init__(self, options, context):
        print("built")
        self.does = options.does

    def send(self, parcel, now):
        exec(self.does)
        return locals().get("outcome", None)

KIND = ChannelKind(Options, Theirs)
"""
DEEDS = {
    "none": "outcome = None",
    "foreign": "outcome = {'sent': True}",
    "exits": "sys.exit(0)",
    "interrupts": "raise KeyboardInterrupt",
    "ends": "raise Ending",
    "odd": "raise Odd",
    "recurses": "f = lambda g: g(g); f(f)",
    "prints": "print('hello', end=''); print('{'); sys.stderr.write('err'); outcome = Sent()",
    "runs": "os.system('echo from a program'); outcome = Sent()",
    "writes": "sys.__stdout__.write('low'); sys.__stdout__.flush(); os.write(1, b'lower'); outcome = Sent()",
    "threads": "import threading as th; t = th.Thread(target=print, args=('aside',)); t.start(); t.join()",
    "megabyte": "outcome = Retry('x' * 1_000_000)",
    "controls": "outcome = Refused('a\\x00b\\ud800c\\r\\n\\x1b[31m')",
    "number": "outcome = Retry(5, after='soon')",
    "changes": "object.__setattr__(parcel.delivery, 'id', 'other'); outcome = Sent()",
    "hangs": "import time; time.sleep(60)",
}
SENT = {"prints", "runs", "writes", "changes"}


def install(desk: DeskFiles) -> Path:
    """As a package installer leaves it."""
    site = desk.root / "site"
    about = site / "theirs-1.0.dist-info"
    about.mkdir(parents=True)
    (site / "theirs.py").write_text(MODULE)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[watchdesk.channels]\ntheirs = theirs:KIND\n")
    return site


def run(desk: DeskFiles, site: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        desk.command(*arguments),
        env={**environment(), "PYTHONPATH": os.pathsep.join([str(site), *sys.path])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_whatever_a_third_partys_channel_does_the_others_get_theirs_and_json_stays_json(
    desk: DeskFiles, web: WebServer
) -> None:
    web.serve("/rss", rss(item("1", "NATO agrees a new spending target")))
    site = install(desk)
    theirs = "".join(
        f"  {name}: {{theirs: {{does: {json.dumps(deed)}}}, timeout: 2s}}\n" for name, deed in DEEDS.items()
    )
    desk.write(
        {"wire": web.url("/rss")},
        settings="polling: {first_poll: all, private_addresses: allow}\narticles: {full_text: never}\n"
        f"channels:\n{theirs}  shelf: {{files: digests/}}\n"
        f"digests: {{flash: {{at: once, to: [{', '.join(DEEDS)}, shelf]}}}}\n",
    )
    done = run(desk, site, "--log-level", "info", "once", "--send", "--json")
    document = json.loads(done.stdout)
    assert document["articles"] == 1
    assert list((desk.state / "digests").glob("latest-flash.html"))
    with closing(open_store("sqlite", desk.state)) as store:
        rows = [asdict(row) for row in store.deliveries()]
    states = {row["channel"]: row["state"] for row in rows}
    assert {name for name, state in states.items() if state == "sent"} == {*SENT, "shelf"}
    assert states["controls"] == "dead"
    errors = {row["channel"]: row["error"] for row in rows if row["error"]}
    assert all(len(error) <= 1100 and error.isprintable() for error in errors.values())
    assert errors["none"] == "its channel answered with NoneType, where Sent, Retry or Refused is due"
    assert errors["foreign"] == "its channel answered with dict, where Sent, Retry or Refused is due"
    assert "failed by a mistake in it (SystemExit)" in errors["exits"]
    assert "failed by a mistake in it (KeyboardInterrupt)" in errors["interrupts"]
    assert "failed by a mistake in it (RecursionError)" in errors["recurses"]
    assert "has not come back within 2 s" in errors["hangs"]
    assert len(done.stderr) < 100_000
    for printed in ("imported, on stdout", "built", "hello{", "low", "from a program"):
        assert printed in done.stderr


@pytest.mark.slow
def test_a_channel_that_ends_the_process_takes_no_other_digest_with_it(
    desk: DeskFiles, web: WebServer
) -> None:
    web.serve("/rss", rss(item("1", "NATO agrees a new spending target")))
    site = install(desk)
    desk.write(
        {"wire": web.url("/rss")},
        settings="polling: {every: 1s, fastest: 1s, first_poll: all, private_addresses: allow}\n"
        "articles: {full_text: never}\n"
        'channels:\n  dies: {theirs: {does: "os._exit(3)"}}\n  shelf: {files: digests/}\n'
        "digests: {flash: {at: once, to: [dies, shelf]}}\n",
    )
    for _ in range(3):
        assert run(desk, site, "run").returncode == 3
    assert list((desk.state / "digests").glob("latest-flash.html"))


def test_a_schema_is_json_whatever_a_package_prints_as_it_is_imported(
    desk: DeskFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(install(desk)))
    try:
        assert desk.run("schema").document["title"] == "watchdesk.yaml"
    finally:
        sys.modules.pop("theirs", None)


class Slow:
    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, what: Parcel, now: object) -> SendOutcome:
        self.sent.append(what.delivery.id)
        time.sleep(0.3)
        return Sent()


def test_an_attempt_that_comes_back_late_is_not_begun_again_and_counts_when_it_comes() -> None:
    slow = Slow()
    contained = Contained("slow", slow, 0.05)
    late = contained.send(parcel(), NOW)
    assert isinstance(late, Retry)
    while isinstance(contained.send(parcel(), NOW), Retry):
        pass
    assert slow.sent == [parcel().delivery.id]


@pytest.mark.parametrize("reason", ["\0", "a\ud800\0b", "x" * 2_000_000, "", "\n\n"])
def test_a_reason_is_short_on_one_line_and_fit_for_a_database(reason: str) -> None:
    for outcome in (Retry(reason), Refused(reason), Sent(reason)):
        told = normalised(outcome)
        text = told.note if isinstance(told, Sent) else told.reason
        assert text
        assert text.isprintable()
        assert len(text) <= 1000
        text.encode("utf-8")


def test_our_own_channels_are_not_kept_apart(tmp_path: Path) -> None:
    setting = ChannelSettings("shelf", "files", KINDS["files"].options.model_validate("digests/"))
    channel = build_channels([setting], tmp_path)["shelf"]
    assert not isinstance(channel, Contained)
    assert attempt("shelf", channel, parcel(), NOW) == Sent()
