"""Who of a letter's recipients has it, who does not, and why: what one attempt comes to."""

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from watchdesk.delivery.mail.replies import Meaning, Reply, Stage, settled
from watchdesk.model import Refused, Retry, SendOutcome, Sent


@dataclass(frozen=True, slots=True)
class Answer:
    """The last that a server said to a recipient, and at which stage."""

    stage: Stage
    reply: Reply


class Recipients:
    """The recipients of one letter, called in transactions until each has an answer."""

    def __init__(self, everyone: Sequence[str], had: Collection[str] = ()) -> None:
        """`had`: who took the letter at an earlier attempt."""
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
        """These have their answer."""
        for who, answer in answers.items():
            self.waiting.remove(who)
            if settled(answer.stage, answer.reply, others_accepted=True) is Meaning.ACCEPTED:
                self._delivered.append(who)
            else:
                self._answers[who] = answer

    def note_accepted(self) -> None:
        """The server accepted a recipient, whatever it said to the message then."""
        self._accepted = True

    def outcome(self, server: str, trouble: str | None = None, *, needs_person: bool = False) -> SendOutcome:
        """For all together. `trouble`: why those who are still waiting could not be asked."""
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
    """How many recipients the server takes in one transaction, as far as it has said so; for all threads."""

    def __init__(self) -> None:
        self._most: int | None = None
        self._lock = threading.Lock()

    @property
    def most(self) -> int | None:
        """None: it has refused none for their number."""
        return self._most

    def learn(self, most: int) -> None:
        """It took so many, and not one more."""
        with self._lock:
            self._most = max(1, most if self._most is None else min(most, self._most))


def named(replies: Mapping[str, Reply]) -> str:
    """Who got which reply, those with the same reply together."""
    together: dict[str, list[str]] = {}
    for who, reply in replies.items():
        together.setdefault(str(reply), []).append(who)
    return "; ".join(f"{_some(who)}: {said}" for said, who in together.items())


_MOST_NAMES = 20


def _some(names: Iterable[str]) -> str:
    every = list(names)
    more = len(every) - _MOST_NAMES
    return ", ".join(every[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
