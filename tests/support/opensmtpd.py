"""A real OpenSMTPD, with a queue and a control socket that nobody else sees, which delivers to a Maildir.

Its paths are built into it, so it runs in a mount namespace of its own (unshare(1)), which takes root.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from watchdesk.demo.servers import free_port

_PROGRAMS = "/usr/sbin:/usr/local/sbin:/usr/bin:/bin"
_START = """\
set -e
mount -t tmpfs tmpfs /var/spool
mount -t tmpfs tmpfs /run
exec "$0" -d -f "$1"
"""
_CONFIGURATION = """\
{more}
table domains {{ "example.org", "xn--bcher-kva.example" }}
table known {{ {known} }}
table everyone {{ "@" = "nobody" }}
listen on 127.0.0.1 port {port} hostname mail.example.org
listen on socket
action "keep" maildir "{box}/%{{rcpt.user:lowercase}}@%{{rcpt.domain}}" virtual <everyone>
match from any for domain <domains> rcpt-to <known> action "keep"
"""


def program() -> str:
    """Skips the test where OpenSMTPD cannot be run."""
    smtpd = shutil.which("smtpd", path=_PROGRAMS)
    if smtpd is None or "OpenSMTPD" not in _said(smtpd, "-h"):
        pytest.skip("OpenSMTPD is not installed")
    if os.geteuid() != 0:
        pytest.skip("OpenSMTPD starts as root alone")
    if subprocess.run(
        ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], check=False
    ).returncode:
        pytest.skip("there are no mount namespaces here")
    return smtpd


class MailSystem:
    """Takes mail for the addresses it knows, over SMTP on loopback and by its sendmail program."""

    def __init__(self, folder: Path, *known: str, more: str = "") -> None:
        """`folder`: where everyone may look, for mail is delivered by nobody. `more`: configuration."""
        self._smtpd = program()
        self._folder = folder
        self._box = folder / "box"
        self._box.mkdir()
        shutil.chown(self._box, "nobody")
        self.port = free_port()
        quoted = ", ".join(f'"{address}"' for address in known)
        configuration = _CONFIGURATION.format(known=quoted, port=self.port, box=self._box, more=more)
        (folder / "smtpd.conf").write_text(configuration)

    @property
    def log(self) -> str:
        return (self._folder / "log").read_text()

    @property
    def sendmail(self) -> Path:
        """Its sendmail program, which finds its control socket in the namespace alone."""
        path = self._folder / "sendmail"
        path.write_text(f'#!/bin/sh\nexec nsenter -t {self._process.pid} -m /usr/sbin/sendmail "$@"\n')
        path.chmod(0o755)
        return path

    def delivered(self, address: str, count: int = 0) -> list[bytes]:
        """What lies in the mailbox, once as many have come."""
        new = self._box / address / "new"
        end = time.monotonic() + 20
        while count and (not new.exists() or len(list(new.iterdir())) < count):
            assert time.monotonic() < end, self.log
            time.sleep(0.05)
        if not new.exists():
            return []
        return [path.read_bytes() for path in sorted(new.iterdir())]

    def boxes(self) -> list[str]:
        return sorted(path.name for path in self._box.iterdir())

    def __enter__(self) -> Self:
        command = ["unshare", "--mount", "sh", "-c", _START, self._smtpd, str(self._folder / "smtpd.conf")]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        end = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as line:
                if line.recv(100).startswith(b"220"):
                    return self
            if self._process.poll() is not None or time.monotonic() > end:
                self.__exit__(None, None, None)
                pytest.fail(f"OpenSMTPD did not start: {self.log}")
            time.sleep(0.05)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, check=False)
    return (done.stdout + done.stderr).decode("utf-8", "replace")
