"""Tracks which recipients of a letter have it, which do not and why, and sums up the attempt."""

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from watchdesk.delivery.mail.replies import Meaning, Reply, Stage, settled
from watchdesk.model import Refused, Retry, SendOutcome, Sent


@dataclass(frozen=True, slots=True)
class Answer:
    """The last reply of a server for a recipient, and at which stage it came."""

    stage: Stage
    reply: Reply


class Recipients:
    """The recipients of one letter, asked for in transactions until each has an answer."""

    def __init__(self, everyone: Sequence[str], had: Collection[str] = ()) -> None:
        """`had`: who has the letter from an earlier attempt."""
        self._everyone = tuple(everyone)
        self._delivered = [who for who in everyone if who in had]
        self._answers: dict[str, Answer] = {}
        self._accepted = bool(self._delivered)
        self.waiting = [who for who in everyone if who not in had]
        """Those who are still to be asked, in the order of the letter."""

    @property
    def delivered(self) -> tuple[str, ...]:
        """Who has the letter, at this attempt or before."""
        return tuple(self._delivered)

    def note(self, answers: Mapping[str, Answer]) -> None:
        """Notes the answers for these recipients."""
        for who, answer in answers.items():
            self.waiting.remove(who)
            if settled(answer.stage, answer.reply, others_accepted=True) is Meaning.ACCEPTED:
                self._delivered.append(who)
            else:
                self._answers[who] = answer

    def note_accepted(self) -> None:
        """Notes that the server accepted a recipient, whatever it said to the message afterwards."""
        self._accepted = True

    def outcome(self, server: str, trouble: str | None = None, *, needs_person: bool = False) -> SendOutcome:
        """The outcome for all together. `trouble`: why those still waiting could not be asked."""
        delivered = tuple(who for who in self._everyone if who in self._delivered)
        found = {
            who: settled(answer.stage, answer.reply, others_accepted=self._accepted)
            for who, answer in self._answers.items()
        }
        open_ones = [who for who, what in found.items() if what in (Meaning.LATER, Meaning.OURS)]
        said = named({who: answer.reply for who, answer in self._answers.items()})
        if self.waiting or open_ones:
            reasons = [f"{server} did not take {said}"] if said else []
            reasons += [trouble] if trouble else []
            if delivered:
                reasons.append(f"{len(delivered)} of {len(self._everyone)} recipients have it")
            ours = needs_person or Meaning.OURS in found.values()
            return Retry("; ".join(reasons), taken=delivered, needs_person=ours)
        if delivered:
            return Sent(f"not taken for {said}" if said else None)
        return Refused(f"{server} refused {said}")


class Room:
    """How many recipients the server accepts in one transaction, as far as it has shown; shared by
    threads.
    """

    def __init__(self) -> None:
        self._most: int | None = None
        self._lock = threading.Lock()

    @property
    def most(self) -> int | None:
        """None: it has not refused any for their number."""
        return self._most

    def learn(self, most: int) -> None:
        """Notes that it accepted so many and not one more."""
        with self._lock:
            self._most = max(1, most if self._most is None else min(most, self._most))


def answer_for_all(
    asked: Sequence[str],
    answers: Mapping[str, Answer],
    found: Mapping[str, Meaning],
    again: Collection[str],
) -> Answer | None:
    """The answer that everyone still waiting would get as well: about the sender, the message, or the
    number.
    """
    for who in asked:
        answer = answers[who]
        to_letter = answer.stage in (Stage.MAIL, Stage.DATA, Stage.CONTENT)
        if who not in again and found[who] is not Meaning.ACCEPTED and to_letter:
            return answer
        if who not in again and found[who] is Meaning.SPLIT:
            return answer
    return None


def refusal_of_connection(answers: Mapping[str, Answer]) -> Reply | None:
    """The temporary refusal of a transaction before any recipient is named: a limit of one connection."""
    said = next(iter(answers.values()))
    return said.reply if said.stage is Stage.MAIL and 400 <= said.reply.code < 500 else None


def named(replies: Mapping[str, Reply]) -> str:
    """Who got which reply; recipients with the same reply are listed together."""
    together: dict[str, list[str]] = {}
    for who, reply in replies.items():
        together.setdefault(str(reply), []).append(who)
    return "; ".join(f"{_some(who)}: {said}" for said, who in together.items())


_MOST_NAMES = 20


def _some(names: Iterable[str]) -> str:
    every = list(names)
    more = len(every) - _MOST_NAMES
    return ", ".join(every[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
