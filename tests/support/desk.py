"""A desk of its own for a test: a configuration directory, a state directory, the real command."""

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import pytest

from support.warm import Warm
from watchdesk.cli import main
from watchdesk.store import open_store

RULES = """\
rules:
  nato-spending:
    title: NATO spending
    query: NATO AND ("defence spending" OR "spending target")
    tags: [security]
  ukraine-aid:
    title: Ukraine aid
    query: Ukraine NEAR/15 (aid OR "support package")
"""

SETTINGS = """\
timezone: Europe/Brussels
contact: desk@example.org
polling: {every: 1s, fastest: 1s, first_poll: all, private_addresses: allow, timeout: 5s}
articles: {full_text: never}
channels:
  shelf: {files: digests/}
digests:
  flash: {title: Flash, rules: all, at: once, to: [shelf]}
"""


STRANGER = ("unshare", "--user", "--map-user=54321", "env", "-i", "PATH=/usr/bin:/bin")
"""Before a command: runs it as a user without an entry in passwd(5), root's rights or an environment."""


ORDINARY: Mapping[str, float] = {}
BRISK: Mapping[str, float] = {
    "service.run.REPORTING": 0.5,
    "service.run.HEARTBEAT": 1,
    "service.upkeep.process.FIRST": 0.3,
    "service.circuit_breaker.FIRST": 0.5,
}
"""Of a service whose test waits for what it does each few seconds."""

Process = TypeVar("Process", Warm, "subprocess.Popen[bytes]")


@dataclass(frozen=True)
class Answered:
    """What a command said."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON document on standard output."""
        return json.loads(self.out)


@dataclass(frozen=True)
class DeskFiles:
    """The files of a desk under one root."""

    root: Path

    @property
    def config(self) -> Path:
        return self.root / "config"

    @property
    def state(self) -> Path:
        return self.root / "state"

    def write(self, feeds: dict[str, str], settings: str = SETTINGS, rules: str = RULES) -> None:
        (self.config / "rules").mkdir(parents=True, exist_ok=True)
        # Tests run beside each other: one that needs a page says on which port.
        page = "" if "web:" in settings else "web: {listen: null}\n"
        (self.config / "watchdesk.yaml").write_text(settings + page)
        lines = "".join(f"  {name}: {{feed: '{url}'}}\n" for name, url in feeds.items())
        (self.config / "sources.yaml").write_text(f"sources:\n{lines}" if feeds else "sources: {}\n")
        (self.config / "rules" / "desk.yaml").write_text(rules)

    def begin(self) -> None:
        """Makes the database, as the first pass or start does."""
        self.state.mkdir(exist_ok=True)
        open_store("sqlite", self.state).close()

    def command(self, *arguments: str) -> list[str]:
        start = [sys.executable, "-m", "watchdesk"]
        return [*start, "--config", str(self.config), "--state", str(self.state), *arguments]

    def run(self, *arguments: str, stdin: bytes = b"") -> Answered:
        """Runs a command to its end, in this process: starting one costs more than most commands do."""
        said, told = io.BytesIO(), io.BytesIO()
        out = io.TextIOWrapper(said, encoding="utf-8", write_through=True)
        err = io.TextIOWrapper(told, encoding="utf-8", write_through=True)
        with (
            patch.object(sys, "argv", ["watchdesk", *self.command(*arguments)[3:]]),
            patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")),
            patch.object(sys, "stdout", out),
            patch.object(sys, "stderr", err),
            patch.dict(os.environ, environment(), clear=True),
            pytest.raises(SystemExit) as ended,
        ):
            main()
        return Answered(int(ended.value.code or 0), said.getvalue().decode(), told.getvalue().decode())

    def run_process(self, *arguments: str, timeout: float = 60) -> Answered:
        """Runs a command to its end, as a process of its own that starts warm."""
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder) / "stdout", Path(folder) / "stderr"
            command = Warm(self.command(*arguments)[3:], out, environment(), ORDINARY, errors=err)
            try:
                status = command.wait(timeout)
            finally:
                command.kill()
            return Answered(status, out.read_text("utf-8"), err.read_text("utf-8"))

    def run_from_cold(self, *arguments: str) -> Answered:
        """The same by `python -m watchdesk`, where the start itself matters."""
        command = self.command(*arguments)
        done = subprocess.run(command, capture_output=True, timeout=60, env=environment(), check=False)
        return Answered(done.returncode, done.stdout.decode(), done.stderr.decode())

    @contextmanager
    def service(self, paces: Mapping[str, float] = ORDINARY, **variables: str) -> Iterator[Warm]:
        """`watchdesk run` as a process that starts warm; its log is in `service.log`.

        `paces`: of some of its constants, such as `BRISK`, in seconds.
        """
        path = self.root / "service.log"
        path.write_bytes(b"")
        started = Warm(self.command("run")[3:], path, {**environment(), **variables}, paces)
        with _killed_at_last(started) as process:
            yield process

    @contextmanager
    def service_from_cold(self, **variables: str) -> Iterator["subprocess.Popen[bytes]"]:
        """The same by `python -m watchdesk`, where the start itself matters."""
        with (self.root / "service.log").open("wb") as log:
            started = subprocess.Popen(
                self.command("run"), stdout=log, stderr=log, env={**environment(), **variables}
            )
        with _killed_at_last(started) as process:
            yield process

    @property
    def log(self) -> str:
        return (self.root / "service.log").read_text()


@contextmanager
def _killed_at_last(process: Process) -> Iterator[Process]:
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def environment() -> dict[str, str]:
    """The test's own, without what would lead a command elsewhere."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("WATCHDESK_", "STATE_", "NOTIFY_"))}
    return {**kept, "NO_COLOR": "1", "COLUMNS": "100"}


def wait_for(happened: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Waits until it has happened; an assertion names what did not."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.02)


IDLE = {"outbox", "service manager"}
"""Threads that outlive their tests, wait for what never comes, and hold nothing meanwhile."""


def wait_until_alone(seconds: float = 30) -> None:
    """Waits for the threads of other tests: a process that has any cannot be forked safely."""
    end = time.monotonic() + seconds
    ours = threading.current_thread()
    while others := [one for one in threading.enumerate() if one is not ours and one.name not in IDLE]:
        assert time.monotonic() < end, f"threads of other tests: {others}"
        time.sleep(0.02)


def rss(*items: str, title: str = "A feed") -> bytes:
    """An RSS document around its items."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{title}</title>'
        f"<link>http://example.org/</link><description>d</description>{''.join(items)}</channel></rss>"
    ).encode()


def item(guid: str, title: str, text: str = "", link: str | None = None, date: str | None = None) -> str:
    """An RSS item; dated now unless told otherwise."""
    when = date if date is not None else time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
    published = f"<pubDate>{when}</pubDate>" if when else ""
    address = link or f"http://example.org/{guid}"
    return (
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title><link>{address}</link>"
        f"{published}<description>{text}</description></item>"
    )
