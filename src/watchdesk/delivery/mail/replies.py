"""What a mail server's replies mean for a delivery (RFC 5321 §4.2). Pure.

2xx: taken. 5xx: refused for good, but for those about logging in, which a person can mend. All else: later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from watchdesk.model import Refused, Retry, SendOutcome, Sent

HOLD_FOR_ALL = timedelta(minutes=10)
"""While a delivery is younger, a recipient who is put off (4xx) holds it back: most servers that put a
stranger off take him within minutes, and a delivery goes out once. After it, it is done without him."""

_SKEW = timedelta(hours=1)
"""A delivery that is to be made later than this was laid by a clock that was wrong: its age is unknown."""

_ABOUT_LOGIN = {530, 534, 535, 538}
_TEXT_LENGTH = 300


def holds_back(age: timedelta) -> bool:
    """Whether a delivery of this age waits for recipients who are put off."""
    return -_SKEW < age < HOLD_FOR_ALL


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
    def taken(self) -> bool:
        """2xx."""
        return 200 <= self.code < 300

    @property
    def for_good(self) -> bool:
        """Whether the same again would be refused again."""
        return 500 <= self.code < 600 and self.code not in _ABOUT_LOGIN

    def __str__(self) -> str:
        if self.code < 200:
            return "an answer that is not SMTP"
        return f"{self.code} {self.text}".strip()


def settle(replies: Mapping[str, Reply], server: str) -> SendOutcome:
    """The outcome for all recipients together, from the last reply for each."""
    others = {who: reply for who, reply in replies.items() if not reply.taken}
    said = named(others)
    if len(others) < len(replies):
        return Sent(f"not taken for {said}" if others else None)
    if all(reply.for_good for reply in others.values()):
        return Refused(f"{server} refused {said}")
    return Retry(f"{server} did not take {said}")


def named(replies: Mapping[str, Reply]) -> str:
    """Who got which reply, those with the same reply together."""
    together: dict[str, list[str]] = {}
    for who, reply in replies.items():
        together.setdefault(str(reply), []).append(who)
    return "; ".join(f"{', '.join(who)}: {said}" for said, who in together.items())
