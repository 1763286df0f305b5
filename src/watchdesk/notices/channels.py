"""Channels that were stopped, that accept nothing, or that do not accept it for everyone. Pure.

See `dead_letters` for what was given up on its way to them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from watchdesk.model import FailingChannel, Trouble
from watchdesk.notices import subjects
from watchdesk.notices.wording import in_a_sentence

PATIENCE = timedelta(minutes=30)
"""A server that restarts, or that defers senders it does not know, is back by then."""
LOOK_BACK = timedelta(days=7)
"""How far back receivers' notes count: after a week without the like, they are reported again."""
_LONGEST_NOTE = 150
_ADDRESS = re.compile(r"[^\s<>:,;]+@[^\s<>:,;]+")


@dataclass(frozen=True, slots=True)
class ChannelStopped:
    """Its receiver wants nothing more."""

    channel: str
    reason: str


@dataclass(frozen=True, slots=True)
class ChannelFailing:
    """It accepts nothing, or not for all of its receivers."""

    channel: str
    waiting: int
    """Deliveries."""
    reason: str
    partly: bool
    """Some of its receivers have all that waits."""


@dataclass(frozen=True, slots=True)
class PartlyAccepted:
    """It accepted a digest with a note, such as whom it refused."""

    channel: str
    note: str


ChannelCause: TypeAlias = ChannelStopped | ChannelFailing | PartlyAccepted


def stopped_channels(stopped: Mapping[str, str]) -> Iterator[ChannelStopped]:
    """By channel: what its receiver said."""
    for channel, reason in stopped.items():
        yield ChannelStopped(channel, reason)


def failing_channels(
    failing: Iterable[FailingChannel], now: datetime, patience: timedelta = PATIENCE
) -> Iterator[ChannelFailing]:
    """Those that have accepted nothing for longer than `patience`, long before anything is given up.

    What does not pass by itself, such as a wrong password or a quota, is reported at once.
    """
    for one in failing:
        if one.needs_person or now - one.since >= patience:
            yield ChannelFailing(one.channel, one.waiting, one.error or "", one.partly)


def partly_accepted(notes: Iterable[tuple[str, str]]) -> Iterator[PartlyAccepted]:
    """One for each channel and note of its receiver."""
    for channel, note in sorted(notes):
        yield PartlyAccepted(channel, note)


def trouble(cause: ChannelCause) -> Trouble:
    """See `causes.trouble_of`. A channel that accepts nothing cannot report itself."""
    match cause:
        case ChannelStopped(channel=channel, reason=reason):
            return Trouble(
                f"stopped:{channel}",
                f"The channel {channel} is stopped, because its receiver wants nothing more: {reason}. "
                f"Once that is fixed: watchdesk deliveries retry --channel {channel}.",
                recovery=f"The channel {channel} is sent to again.",
                subject=subjects.channel(channel),
            )
        case ChannelFailing(channel=channel, waiting=count, reason=reason, partly=partly):
            waits = "A delivery waits and is" if count == 1 else f"{count} deliveries wait and are"
            what = "does not accept its digests for all of its receivers" if partly else "accepts nothing"
            return Trouble(
                f"failing:{channel}",
                f"The channel {channel} {what}: {in_a_sentence(reason)}. {waits} retried for three days; "
                f"for details: watchdesk deliveries --channel {channel}.",
                not_by=channel,
                recovery=f"Nothing waits for the channel {channel} any more because of an error.",
                subject=subjects.channel(channel),
            )
        case PartlyAccepted(channel=channel, note=note):
            what_to_do = _CORRECT_THEM if _ADDRESS.search(note) else ""
            return Trouble(
                f"partly:{channel}:{_named_in(note)}",
                f"The channel {channel} accepted a digest, but: {in_a_sentence(note)}.{what_to_do}",
            )
        case _:
            assert_never(cause)


_CORRECT_THEM = " It is not sent to them again; if an address is wrong, correct it in watchdesk.yaml."


def _named_in(note: str) -> str:
    """The addresses that a note names; the note itself where it names none."""
    return ",".join(sorted(set(_ADDRESS.findall(note)))) or " ".join(note.split())[:_LONGEST_NOTE]
