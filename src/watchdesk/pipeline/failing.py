"""Channels that are tried and take nothing: told long before anything is given up. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from watchdesk.model import FailingChannel, Trouble

PATIENCE = timedelta(minutes=30)
"""A server that is started anew, or puts strangers off, is back by then."""
_LONGEST_REASON = 400


def failing_channel_troubles(
    failing: Iterable[FailingChannel], now: datetime, patience: timedelta = PATIENCE
) -> Iterator[Trouble]:
    """One for each channel that has taken nothing for longer than `patience`; it cannot tell of itself."""
    for channel in failing:
        if now - channel.since >= patience:
            yield Trouble(f"failing:{channel.channel}", _sentence(channel), not_by=channel.channel)


def _sentence(channel: FailingChannel) -> str:
    count = channel.waiting
    waits = "A delivery waits and is" if count == 1 else f"{count} deliveries wait and are"
    reason = " ".join((channel.error or "").split())[:_LONGEST_REASON].rstrip(" .")
    return (
        f"The channel {channel.channel} takes nothing: {reason}. {waits} tried again for three days; "
        f"watchdesk deliveries --channel {channel.channel} has more."
    )
