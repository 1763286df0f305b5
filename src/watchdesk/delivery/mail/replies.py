"""What a mail server's replies mean for a delivery. Pure.

A reply is about a recipient, the transaction, the day, or us. Its stage, its code (RFC 5321 §4.2) and its
enhanced status code (RFC 3463) tell which; where a server gives none, its words. The first row of
`_TABLE` that fits counts.
"""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

_TEXT_LENGTH = 300


class Stage(StrEnum):
    """Where in the conversation a reply comes; the value completes "the server hung up, while …"."""

    CONNECT = "connecting"
    HELLO = "being greeted"
    STARTTLS = "starting TLS"
    LOGIN = "logging in"
    NOOP = "being asked whether it listens"
    """Where nothing is sent: RFC 5321 §4.1.1.9."""
    MAIL = "being told the sender"
    RCPT = "being told the recipients"
    DATA = "reading the message"
    CONTENT = "taking the message (it may have arrived: it is repeated with the same Message-ID)"
    EACH = "taking the message for each (it may have arrived: it is repeated with the same Message-ID)"
    """LMTP answers for each recipient after the message (RFC 2033 §4.2)."""


class Meaning(StrEnum):
    """What a reply means, and what it is about."""

    ACCEPTED = "accepted"
    SPLIT = "split"
    """Too many recipients in one transaction: the rest go in another, at once."""
    PERHAPS_SPLIT = "perhaps split"
    """The transaction may be full: another one shows; LATER if it does not help."""
    LATER = "later"
    """It passes by itself."""
    REFUSED = "refused"
    """Refused for good: this recipient or message."""
    DOUBTFUL = "doubtful"
    """REFUSED where others of the same letter are accepted; OURS where nobody is."""
    OURS = "ours"
    """About us: our name, login, sender address or daily quota. A person can fix it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply code and its text."""

    code: int
    text: str

    @classmethod
    def of(cls, answer: tuple[int, bytes]) -> Self:
        """From what smtplib answers."""
        text = " ".join(answer[1].decode("utf-8", "replace").split())
        return cls(answer[0], text[:_TEXT_LENGTH])

    @property
    def accepted(self) -> bool:
        """2xx."""
        return 200 <= self.code < 300

    @property
    def status(self) -> str:
        """The enhanced status code, such as 5.1.1; empty where the server gives none."""
        found = _ENHANCED.search(self.text)
        return (found[1] or found[2]) if found else ""

    def __str__(self) -> str:
        if self.code < 200:
            return "an answer that is not SMTP"
        return f"{self.code} {self.text}".strip()


def meaning(stage: Stage, reply: Reply) -> Meaning:
    """What the reply means at this stage."""
    code, status, words = str(reply.code), reply.status, reply.text.lower()
    return next(row.meaning for row in _TABLE if row.fits(stage, code, status, words))


def settled(stage: Stage, reply: Reply, *, others_accepted: bool) -> Meaning:
    """As `meaning`, when the transaction is over: ACCEPTED, LATER, REFUSED or OURS.

    `others_accepted`: whether the server accepts the letter for other recipients.
    """
    found = meaning(stage, reply)
    if found is Meaning.DOUBTFUL:
        return Meaning.REFUSED if others_accepted else Meaning.OURS
    if found is Meaning.PERHAPS_SPLIT:
        return Meaning.LATER
    if found is Meaning.SPLIT:
        return Meaning.OURS if reply.code >= 500 else Meaning.LATER
    return found


_ENHANCED = re.compile(r"^#?([245]\.\d{1,3}\.\d{1,3})(?![\d.])|\(#([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
"""At the text's beginning (RFC 2034 §4); qmail and its kin have it in brackets, behind."""

_TOO_MANY = (
    r"too many (?:recipients|rcpts?\b|rcpt to|addresses)|(?:limit|maximum|number) of recipients"
    r"|(?:maximum|max) recipients|recipients? (?:limit|maximum|count)|multiple destination domains"
)
_TODAY = (
    r"\bdaily\b|\bhourly\b|per (?:day|hour|minute)|rate.?limit|limit exceeded|exceeded .{0,30}limit"
    r"|(?:sending|sender|outgoing|relay|smtp) (?:quota|limit)"
    r"|too many (?:messages|mails|e-?mails|connections)"
    r"|try (?:it )?(?:again )?(?:later|tomorrow)|temporar"
)
_WHO = r"(?:user|recipient|mailbox|address|account|local part)"
_NOBODY = (
    rf"no such|unknown {_WHO}|{_WHO}s? (?:is )?(?:unknown|not found|disabled|inactive|invalid|not known)"
    rf"|(?:invalid|bad|nonexistent) {_WHO}|(?:do|does|did)(?:n't| not) exist|not exist|no longer exist"
    rf"|no (?:mailbox|user|account|person)\b|mailbox (?:is )?(?:unavailable|full|over quota)"
    r"|not (?:a )?(?:valid|known) (?:user|mailbox|recipient|address)|isn't (?:a )?known"
)


@dataclass(frozen=True, slots=True)
class _Row:
    stages: AbstractSet[Stage]
    code: re.Pattern[str]
    status: re.Pattern[str]
    words: re.Pattern[str]
    meaning: Meaning

    def fits(self, stage: Stage, code: str, status: str, words: str) -> bool:
        return bool(
            stage in self.stages
            and self.code.fullmatch(code)
            and self.status.fullmatch(status)
            and self.words.search(words)
        )


def _row(
    stages: AbstractSet[Stage], code: str, found: Meaning, *, status: str = ".*", words: str = ""
) -> _Row:
    return _Row(stages, re.compile(code), re.compile(status), re.compile(words), found)


_ANY = frozenset(Stage)
_DOOR = {Stage.CONNECT, Stage.HELLO, Stage.STARTTLS}
_BODY = {Stage.DATA, Stage.CONTENT}
_ENVELOPE = {Stage.RCPT, *_BODY}
_PERSON = {Stage.RCPT, Stage.EACH}
_NO_STATUS = ""
_VAGUE = r"(?:5\.0\.\d+|5\.5\.0)?"
"""No enhanced code, or one that says nothing."""
_SYSTEM_OR_ROUTE = r"5\.3\.(?!4$)\d+|5\.4\.\d+"
"""Of the receiving system or its routes, but not that the message is too large (X.3.4)."""

_OF_EXCHANGE = r"5\.1\.90|5\.2\.252"
"""Codes of its own: our limit of the day, and that our login may not send as this sender."""

_TABLE = (
    _row(_ANY - {Stage.DATA}, "2..", Meaning.ACCEPTED),
    _row({Stage.DATA}, "354", Meaning.ACCEPTED),
    _row(_ANY, "(?![45]..$).*", Meaning.LATER),  # not SMTP
    _row(_ENVELOPE, "...", Meaning.SPLIT, status=r"[45]\.5\.3"),
    _row(_ENVELOPE, "...", Meaning.SPLIT, words=_TOO_MANY),
    _row(_ANY, "421", Meaning.LATER),  # RFC 5321 §3.8: the server is going down, or is busy
    _row(_ANY, "...", Meaning.OURS, status=r"[45]\.1\.[78]"),  # the sender's address
    _row(_DOOR, "5..", Meaning.OURS),
    _row(_DOOR, "4..", Meaning.LATER),
    _row({Stage.MAIL}, "4..", Meaning.LATER, status=r"4\.[34]\.\d+"),
    _row({Stage.LOGIN, Stage.MAIL}, "...", Meaning.OURS),
    # What is left speaks to a recipient or of the message. RFC 4954 §6: a login is wanted.
    _row(_ANY, "53[0458]", Meaning.OURS),
    # RFC 3463 §3.5: sent as 5xx it is a quota of the day; §3.3: a full mailbox is a persistent transient one.
    _row(_ANY, "5..", Meaning.OURS, status=rf"5\.4\.5|{_OF_EXCHANGE}"),
    _row(_ANY, "...", Meaning.LATER, status=r"[45]\.2\.2"),
    _row(_ANY, "5..", Meaning.LATER, status=r"5\.2\.(?!3$)\d+", words=rf"{_TODAY}|\bat a rate\b"),
    _row({Stage.RCPT}, "5..", Meaning.REFUSED, status=_VAGUE, words=_NOBODY),
    _row({Stage.RCPT}, "452|552", Meaning.PERHAPS_SPLIT, status=_NO_STATUS),  # RFC 5321 §4.5.3.1.10
    _row(_ANY, "4..", Meaning.LATER),
    _row(_ANY, "5..", Meaning.OURS, status=rf"5\.7\.\d+|{_VAGUE}", words=_TODAY),
    _row(_PERSON, "5..", Meaning.REFUSED, status=r"5\.[12]\.\d+|5\.6\.7"),
    _row(_PERSON, "556", Meaning.REFUSED),  # RFC 7504: the domain takes no mail
    _row({Stage.RCPT}, "5..", Meaning.DOUBTFUL),
    _row({Stage.EACH}, "5..", Meaning.DOUBTFUL, status=rf"5\.7\.\d+|{_SYSTEM_OR_ROUTE}"),
    _row(_BODY, "5..", Meaning.OURS, status=rf"5\.7\.\d+|{_SYSTEM_OR_ROUTE}"),
    _row(_ANY, "5..", Meaning.REFUSED),
)
