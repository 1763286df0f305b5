"""Hands a letter to the sendmail program that every mail system installs, which queues it."""

import shutil
import subprocess
from datetime import timedelta

from watchdesk.delivery.limits import Limits
from watchdesk.delivery.mail.message import Letter
from watchdesk.delivery.mail.server import MailServer
from watchdesk.model import Refused, Retry, SendOutcome, Sent

_FOLDERS = "/usr/sbin:/usr/lib:/usr/local/sbin:/usr/bin:/usr/local/bin"
_FOR_GOOD = {65: "the message", 67: "a recipient", 68: "a recipient's host"}
"""sysexits.h: EX_DATAERR, EX_NOUSER, EX_NOHOST."""


class SendmailProgram:
    """The program, as the configuration names it or as it is found."""

    def __init__(self, server: MailServer, limits: Limits | None = None) -> None:
        self._path = server.path
        self._limits = limits or Limits()

    def send(self, letter: Letter, age: timedelta) -> SendOutcome:  # noqa: ARG002 - as Conversation.send
        """Queues once. Never raises for what the program may do."""
        program = self._path or shutil.which("sendmail", path=_FOLDERS)
        if program is None:
            return Retry(
                "there is no sendmail program on this machine; install a mail system, or name a server"
            )
        recipients = [address.spec for address in letter.recipients]
        command = [program, "-i", "-f", letter.sender.spec, "--", *recipients]
        content = letter.content.replace(b"\r\n", b"\n")  # programs take the machine's own line ends
        try:
            done = subprocess.run(  # noqa: S603 - no shell; the addresses are checked and follow "--"
                command, input=content, capture_output=True, timeout=self._limits.whole, check=False
            )
        except subprocess.TimeoutExpired:
            return Retry(f"{program} took more than {self._limits.whole:g} s")
        except OSError as error:
            return Retry(f"{program} cannot be run: {error.strerror}")
        return _judge(program, done)


def _judge(program: str, done: "subprocess.CompletedProcess[bytes]") -> SendOutcome:
    if done.returncode == 0:
        return Sent()
    said = " ".join(done.stderr.decode("utf-8", "replace").split())[-300:]
    if done.returncode in _FOR_GOOD:
        return Refused(f"{program} refused {_FOR_GOOD[done.returncode]}: {said}")
    return Retry(f"{program} ended with status {done.returncode}: {said}")
