"""Hands a letter to the sendmail program that every mail system installs, which queues it."""

import re
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta

from watchdesk.delivery.limits import Limits
from watchdesk.delivery.mail.message import Letter
from watchdesk.delivery.mail.replies import holds_back
from watchdesk.delivery.mail.server import MailServer
from watchdesk.model import Refused, Retry, SendOutcome, Sent

_FOLDERS = "/usr/sbin:/usr/lib:/usr/local/sbin:/usr/bin:/usr/local/bin"
_FOR_GOOD = {65: "the message", 67: "a recipient", 68: "a recipient's host"}
"""sysexits.h: EX_DATAERR, EX_NOUSER, EX_NOHOST."""
_REPLY = re.compile(r"(?<![\d.])55\d[ -]")
"""A reply of SMTP about mailbox or message (RFC 5321 §4.2), which some programs repeat at their end."""


class SendmailProgram:
    """The program, as the configuration names it or as it is found."""

    def __init__(
        self, server: MailServer, limits: Limits | None = None, taken: set[str] | None = None
    ) -> None:
        """`taken`: for whom it queued the letter before; who is added is left out of a repeat."""
        self._path = server.path
        self._limits = limits or Limits()
        self._taken = set() if taken is None else taken

    def send(self, letter: Letter, age: timedelta) -> SendOutcome:
        """Queues once; `age` is that of the delivery. Never raises for what the program may do."""
        program = self._path or shutil.which("sendmail", path=_FOLDERS)
        if program is None:
            return Retry(
                "there is no sendmail program on this machine; install a mail system, or name a server"
            )
        everyone = [address.spec for address in letter.recipients]
        recipients = [who for who in everyone if who not in self._taken]
        ends = time.monotonic() + self._limits.whole
        if recipients == everyone:
            outcome = self._hand_over(program, letter, everyone, self._limits.whole)
            if not isinstance(outcome, Refused) or len(everyone) == 1:
                return outcome
        # Programs take all or nobody, and one who does not exist shall not cost the others theirs.
        alone: dict[str, SendOutcome] = {who: Sent() for who in everyone if who in self._taken}
        for who in recipients:
            alone[who] = self._hand_over(program, letter, [who], max(ends - time.monotonic(), 1.0))
            if isinstance(alone[who], Sent):
                self._taken.add(who)
        return _settled(alone, age)

    def _hand_over(self, program: str, letter: Letter, to: Sequence[str], seconds: float) -> SendOutcome:
        command = [program, "-i", "-f", letter.sender.spec, "--", *to]
        content = letter.content.replace(b"\r\n", b"\n")  # programs take the machine's own line ends
        try:
            done = subprocess.run(  # noqa: S603 - no shell; the addresses are checked and follow "--"
                command, input=content, capture_output=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired:
            return Retry(f"{program} took more than {self._limits.whole:g} s")
        except OSError as error:
            return Retry(f"{program} cannot be run: {error.strerror}")
        return _judge(program, done)


def _settled(alone: Mapping[str, SendOutcome], age: timedelta) -> SendOutcome:
    """For all recipients together, each of whom was handed over alone."""
    others = {who: outcome.reason for who, outcome in alone.items() if not isinstance(outcome, Sent)}
    said = "; ".join(f"{who}: {reason}" for who, reason in others.items())
    put_off = any(isinstance(outcome, Retry) for outcome in alone.values())
    if put_off and (holds_back(age) or len(others) == len(alone)):
        return Retry(said)
    if len(others) < len(alone):
        return Sent(f"not taken for {said}" if others else None)
    return Refused(said)


def _judge(program: str, done: "subprocess.CompletedProcess[bytes]") -> SendOutcome:
    if done.returncode == 0:
        return Sent()
    said = " ".join(done.stderr.decode("utf-8", "replace").split())[-300:]
    if done.returncode in _FOR_GOOD:
        return Refused(f"{program} refused {_FOR_GOOD[done.returncode]}: {said}")
    if _REPLY.search(said):
        return Refused(f"{program} refused it: {said}")
    return Retry(f"{program} ended with status {done.returncode}: {said}")
