"""Channels that take nothing, or not for everyone: told long before anything is given up. Pure."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from watchdesk.model import FailingChannel, Trouble
from watchdesk.notices.reasons import in_a_sentence

PATIENCE = timedelta(minutes=30)
"""A server that is started anew, or puts strangers off, is back by then."""
_LONGEST_KIND = 150
_ADDRESS = re.compile(r"[^\s<>:,;]+@[^\s<>:,;]+")
LOOKED_AT = timedelta(days=7)
"""How long back receivers' notes are looked at: after a week without the like, they are told anew."""


def failing_channel_troubles(
    failing: Iterable[FailingChannel], now: datetime, patience: timedelta = PATIENCE
) -> Iterator[Trouble]:
    """One for each channel that has taken nothing for longer than `patience`; it cannot tell of itself.

    What does not pass by itself, such as a wrong password or a quota, is told at once.
    """
    for channel in failing:
        if channel.needs_person or now - channel.since >= patience:
            yield Trouble(f"failing:{channel.channel}", _sentence(channel), not_by=channel.channel)


def partly_taken_troubles(notes: Iterable[tuple[str, str]]) -> Iterator[Trouble]:
    """One for each channel and what its receiver said of digests that it took, such as whom it refused."""
    for channel, note in sorted(notes):
        what_to_do = _CORRECT_THEM if _ADDRESS.search(note) else ""
        yield Trouble(
            f"partly:{channel}:{who_of(note)}",
            f"The channel {channel} took a digest, but: {in_a_sentence(note)}.{what_to_do}",
        )


_CORRECT_THEM = " It is not sent to them again; where an address is wrong, correct it in watchdesk.yaml."


def who_of(note: str) -> str:
    """The addresses that a note names; the note itself where it names none."""
    return ",".join(sorted(set(_ADDRESS.findall(note)))) or " ".join(note.split())[:_LONGEST_KIND]


def _sentence(channel: FailingChannel) -> str:
    count = channel.waiting
    waits = "A delivery waits and is" if count == 1 else f"{count} deliveries wait and are"
    reason = in_a_sentence(channel.error or "")
    what = "does not take its digests for all of its receivers" if channel.partly else "takes nothing"
    return (
        f"The channel {channel.channel} {what}: {reason}. {waits} tried again for three days; "
        f"watchdesk deliveries --channel {channel.channel} has more."
    )
