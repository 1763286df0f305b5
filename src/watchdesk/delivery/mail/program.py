"""Hands a letter to the sendmail program that every mail system installs, and which queues it."""

import re
import shutil
import subprocess
import time
from collections.abc import Collection, Mapping, Sequence
from typing import assert_never

from watchdesk.delivery.mail.message import Letter
from watchdesk.delivery.mail.replies import Meaning, Reply, Stage, settled
from watchdesk.delivery.mail.server import MailServer
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.model import NotReached, Probed, Reached, Refused, Retry, SendOutcome, Sent

_FOLDERS = "/usr/sbin:/usr/lib:/usr/local/sbin:/usr/bin:/usr/local/bin"
_NO_PROGRAM = "there is no sendmail program on this machine; install a mail system, or name a server"
_FOR_GOOD = {65: "the message", 67: "a recipient", 68: "a recipient's host"}
"""sysexits.h: EX_DATAERR, EX_NOUSER, EX_NOHOST."""
_OURS = {64, 66, 69, 72, 73, 76, 77, 78}
"""sysexits.h: they speak of how we called it, of its files, of what we may do."""
_REPLY = re.compile(r"(?<![\d.])([45]\d\d)[ -](?!bytes|ms\b)(.*)")
"""A reply of SMTP, which some programs repeat at their end."""


class SendmailProgram:
    """The sendmail program, as configured or as found."""

    def __init__(self, server: MailServer, timeouts: Timeouts | None = None) -> None:
        self._path = server.path
        self._timeouts = timeouts or Timeouts()

    def send(self, letter: Letter, had: Collection[str] = ()) -> SendOutcome:
        """Queues once, except for those who `had` it from an earlier attempt. Never raises for the
        program's failures.
        """
        program = self._path or shutil.which("sendmail", path=_FOLDERS)
        if program is None:
            return Retry(_NO_PROGRAM, needs_person=True)
        everyone = [address.spec for address in letter.recipients]
        recipients = [who for who in everyone if who not in had]
        ends = time.monotonic() + self._timeouts.whole
        if recipients == everyone:
            outcome = self._hand_over(program, letter, everyone, self._timeouts.whole)
            if len(everyone) == 1 or not _may_be_of_one(outcome):
                return outcome
        # Programs take all or nobody, and one who does not exist shall not cost the others theirs.
        alone: dict[str, SendOutcome] = {who: Sent() for who in everyone if who in had}
        for who in recipients:
            alone[who] = self._hand_over(program, letter, [who], max(ends - time.monotonic(), 1.0))
        return _settled(alone)

    def probe(self) -> Probed:
        """Looks whether the program is there; it is not run."""
        program = shutil.which(self._path or "sendmail", path=None if self._path else _FOLDERS)
        if program is None:
            return NotReached(f"{self._path} is no program that may be run" if self._path else _NO_PROGRAM)
        return Reached(f"the program {program} is there; what it does with mail only a delivery shows")

    def _hand_over(self, program: str, letter: Letter, to: Sequence[str], seconds: float) -> SendOutcome:
        command = [program, "-i", "-f", letter.sender.spec, "--", *to]
        content = letter.content.replace(b"\r\n", b"\n")  # programs take the machine's own line ends
        try:
            done = subprocess.run(  # noqa: S603 - no shell; the addresses are checked and follow "--"
                command, input=content, capture_output=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired:
            return Retry(f"{program} took more than {self._timeouts.whole:g} s")
        except OSError as error:
            return Retry(f"{program} cannot be run: {error.strerror}")
        return _judge(program, done, others=len(to) == 1 < len(letter.recipients))


def _may_be_of_one(outcome: SendOutcome) -> bool:
    """Whether the failure may concern one recipient, or their number."""
    match outcome:
        case Sent():
            return False
        case Refused():
            return True
        case Retry():
            return not outcome.needs_person and _REPLY.search(outcome.reason) is not None
        case _:
            assert_never(outcome)


def _settled(alone: Mapping[str, SendOutcome]) -> SendOutcome:
    """The outcome for all recipients, each of whom was handed over alone."""
    delivered = tuple(who for who, outcome in alone.items() if isinstance(outcome, Sent))
    others = {who: outcome for who, outcome in alone.items() if not isinstance(outcome, Sent)}
    said = "; ".join(f"{who}: {outcome.reason}" for who, outcome in others.items())
    put_off = [outcome for outcome in others.values() if isinstance(outcome, Retry)]
    if put_off:
        return Retry(said, taken=delivered, needs_person=any(outcome.needs_person for outcome in put_off))
    if delivered:
        return Sent(f"not taken for {said}" if said else None)
    return Refused(said)


def _judge(program: str, done: "subprocess.CompletedProcess[bytes]", *, others: bool) -> SendOutcome:
    """`others`: whether this was one of several recipients, each handed over alone."""
    if done.returncode == 0:
        return Sent()
    said = " ".join(done.stderr.decode("utf-8", "replace").split())[-300:]
    if found := _REPLY.search(said):
        reply = Reply(int(found[1]), found[2])
        match settled(Stage.RCPT, reply, others_accepted=others):
            case Meaning.REFUSED:
                return Refused(f"{program} refused it: {said}")
            case Meaning.OURS:
                return Retry(f"{program} ended with status {done.returncode}: {said}", needs_person=True)
            case Meaning.ACCEPTED | Meaning.LATER | Meaning.SPLIT | Meaning.PERHAPS_SPLIT | Meaning.DOUBTFUL:
                return Retry(f"{program} ended with status {done.returncode}: {said}")
            case unknown:
                assert_never(unknown)
    if done.returncode in _FOR_GOOD:
        return Refused(f"{program} refused {_FOR_GOOD[done.returncode]}: {said}")
    needs_person = done.returncode in _OURS
    return Retry(f"{program} ended with status {done.returncode}: {said}", needs_person=needs_person)
