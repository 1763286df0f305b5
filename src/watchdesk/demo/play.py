"""Plays the demo from beginning to end: makes things happen, waits for their effect, and reports it."""

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from watchdesk.demo.desk import running_service, write_configuration
from watchdesk.demo.newsroom import SOURCES, newsroom
from watchdesk.demo.servers import Log, MailServer, WebServer
from watchdesk.errors import UsageError, WatchdeskError
from watchdesk.service.liveness import read_status
from watchdesk.service.lock import holder

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds after which the demo gives up; it takes about 12 on an idle machine, more on a busy one."""


class DemoFailed(WatchdeskError):
    """The desk did not do in time what the demo should show."""


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of the demo."""

    root: Path

    @property
    def config(self) -> Path:
        """The demo's configuration."""
        return self.root / "config"

    @property
    def state(self) -> Path:
        """The service's state directory."""
        return self.root / "state"

    @property
    def digests(self) -> Path:
        """The digests as pages, text and JSON."""
        return self.state / "digests"

    @property
    def mail(self) -> Path:
        """The mailbox that the mail server keeps."""
        return self.root / "mail"

    @property
    def hooks(self) -> Path:
        """What the webhook receiver received."""
        return self.root / "webhooks"

    @property
    def log(self) -> Path:
        """The service's log."""
        return self.root / "service.log"

    def prepare(self) -> None:
        """Empties and creates them. Raises `UsageError` while another demo uses them."""
        if (process := holder(self.state)) is not None:
            raise UsageError(
                f"another demo (process {process}) is up in {self.root}; "
                "end it first, or give this one a --state of its own"
            )
        shutil.rmtree(self.root, ignore_errors=True)
        for folder in (self.state, self.hooks, self.digests):
            folder.mkdir(parents=True)


@dataclass(frozen=True, slots=True)
class Played:
    """A demo that has shown everything and is still up."""

    log: Log
    """What the servers saw; it grows while the demo is up."""
    address: str
    """Of the page."""
    _service: "subprocess.Popen[bytes]"
    _service_log: Path

    def wait(self) -> None:
        """Until Ctrl-C. Raises `DemoFailed` when the service stops by itself."""
        try:
            self._service.wait()
        except KeyboardInterrupt:
            return
        raise DemoFailed(f"the service stopped by itself; its log is {self._service_log}")


@contextmanager
def play(folders: Folders, now: datetime, say: Callable[[str], None]) -> Iterator[Played]:
    """Plays the demo; the service and the newsroom are up until the end of the block.

    SIGTERM and SIGHUP raise `KeyboardInterrupt` meanwhile, as SIGINT does: no service is left behind.
    Raises `DemoFailed` if it takes too long, `UsageError` if another demo is up in these folders.
    """
    folders.prepare()
    log = Log()
    with _ended_alike(), WebServer(log, folders.hooks) as web, MailServer(log, folders.mail) as mail:
        web.documents = newsroom(web.base, now, updated=False)
        write_configuration(folders.config, web.base, mail.address)
        say(f"A newsroom of {len(SOURCES)} feeds is open at {web.base}, with a mail server and a webhook.")
        with running_service(folders.config, folders.state, folders.log) as service:
            wait = _Patience(service, folders.log)
            wait.until(lambda: log.mails >= 1 and log.hooks >= 1, "the first digest")
            say("The service polled every feed, matched the three rules and sent the first digest.")
            web.documents = newsroom(web.base, now, updated=True)
            say("The Capital Ledger rewrites its budget story: aid for Ukraine has been added.")
            wait.until(lambda: log.mails >= 2 and log.hooks >= 2, "the digest of the update")
            wait.until(lambda: any(status == 304 for _, status in log.polls), "an unchanged feed")
            say("The service polled again: unchanged feeds cost a 304, the update made a second digest.")
            address = wait.until(lambda: _page_of(folders.state), "the page")
            yield Played(log, address, service, folders.log)
    say("The service was asked to stop, finished what was under way, and stopped.")


def _page_of(state: Path) -> str | None:
    """Where the page is; None while there is none."""
    status = read_status(state)
    return status.page.address if status and status.page and not status.page.trouble else None


@contextmanager
def _ended_alike() -> Iterator[None]:
    before = {
        number: signal.signal(number, signal.default_int_handler)
        for number in (signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Patience:
    """Waits for what should happen, while the service runs and time is left."""

    def __init__(self, service: "subprocess.Popen[bytes]", log: Path) -> None:
        self._service = service
        self._log = log
        self._end = time.monotonic() + PATIENCE

    def until(self, happened: Callable[[], T | None], what: str) -> T:
        """Its first answer that is true. Raises `DemoFailed`."""
        while not (answer := happened()):
            if self._service.poll() is not None:
                raise DemoFailed(f"the service stopped before {what}; its log is {self._log}")
            if time.monotonic() > self._end:
                raise DemoFailed(f"{what} did not come within {PATIENCE:.0f} s; the log is {self._log}")
            time.sleep(0.05)
        return answer
