"""Each trouble is told once for as long as it lasts: what is news now, and to whom. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watchdesk.model import Trouble
from watchdesk.notices.causes import Cause, trouble_of
from watchdesk.notices.dead_letters import DeadDigests

SELDOM = timedelta(hours=1)
"""Of one channel's dead letters, one cause is told in this time, and a trouble that the service tells of
directly is not told again sooner, should it end and come again."""
KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told, and what is over."""

    notices: Mapping[tuple[str, ...], Sequence[Trouble]]
    """By the channels that take the notice; nothing that no channel can tell now."""
    over: frozenset[str]
    """Keys of what was told and is no trouble any more: should it come again, it is told again."""


def news(
    causes: Iterable[Cause], told: Mapping[str, datetime], channels: Sequence[str], now: datetime
) -> News:
    """What of the causes is news. `told`: when each was, by key; `channels`: those that tell, and go.

    The keys of what lasts are computed anew, never taken apart: they are all that was kept.
    """
    lasting = {(trouble := trouble_of(cause)).cause: (cause, trouble) for cause in causes}
    notices: dict[tuple[str, ...], list[Trouble]] = {}
    for trouble in _seldom(lasting, told, now):
        to = tuple(name for name in channels if name != trouble.not_by)
        if to:
            notices.setdefault(to, []).append(trouble)
    return News(notices, frozenset(told.keys() - lasting.keys()))


def _seldom(
    lasting: Mapping[str, tuple[Cause, Trouble]], told: Mapping[str, datetime], now: datetime
) -> Iterator[Trouble]:
    """Those not told yet; of each channel's dead letters one cause an hour, and the others wait.

    However unlike the words may be in which a receiver refuses, they make no flood.
    """
    lately = {
        cause.channel
        for key, (cause, _) in lasting.items()
        if isinstance(cause, DeadDigests) and key in told and now - SELDOM < told[key] < now + SELDOM
    }
    for key, (cause, trouble) in lasting.items():
        if key in told:
            continue
        if isinstance(cause, DeadDigests):
            if cause.channel in lately:
                continue
            lately.add(cause.channel)
        yield trouble


@dataclass(frozen=True, slots=True)
class Told:
    """A trouble that a channel took directly, without the database. Its names are those of told.json."""

    cause: str
    """Its key."""
    channel: str
    at: datetime
    lasts: bool = True
    """It has not ended since."""


def direct_news(
    causes: Iterable[Cause], told: Sequence[Told], channel: str, now: datetime
) -> Sequence[Trouble]:
    """What this channel has not taken yet, and may tell."""
    troubles = map(trouble_of, causes)
    return [one for one in troubles if one.not_by != channel and _is_news(one.cause, told, channel, now)]


def _is_news(key: str, told: Sequence[Told], channel: str, now: datetime) -> bool:
    known = [one for one in told if (one.cause, one.channel) == (key, channel)]
    return not any(one.lasts or timedelta(0) <= now - one.at < SELDOM for one in known)


def with_ended(told: Sequence[Told], causes: Collection[Cause], now: datetime) -> tuple[Told, ...]:
    """What was told, as it is now that only these causes last; what ended long ago is forgotten.

    What has ended stays so until it is told again.
    """
    lasting = {trouble_of(cause).cause for cause in causes}
    return tuple(
        replace(one, lasts=one.lasts and one.cause in lasting)
        for one in told
        if one.cause in lasting or now - one.at < KEPT
    )
