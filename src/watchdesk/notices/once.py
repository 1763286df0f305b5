"""Each trouble is reported once for as long as it lasts: what is news now, and to whom. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watchdesk.model import Trouble
from watchdesk.notices.causes import Cause, trouble_of
from watchdesk.notices.dead_letters import DeadDigests

SELDOM = timedelta(hours=1)
"""Of one channel's dead letters, one cause is reported in this time. A trouble that the service reports
directly is not reported again sooner, should it end and come back."""
KEPT = timedelta(days=7)
"""How long a trouble that ended is remembered."""


@dataclass(frozen=True, slots=True)
class News:
    """What is to be reported, and what is over."""

    notices: Mapping[tuple[str, ...], Sequence[Trouble]]
    """By the channels that the notice goes to; without what no channel can report now."""
    over: frozenset[str]
    """Keys of troubles that were reported and have ended: should they come back, they are reported again."""


def news(
    causes: Iterable[Cause], reported: Mapping[str, datetime], channels: Sequence[str], now: datetime
) -> News:
    """What of the causes is news. `reported`: when each was, by key; `channels`: those that can be sent to.

    Keys are computed and compared, never parsed: nothing else of a cause is kept.
    """
    lasting = {(trouble := trouble_of(cause)).cause: (cause, trouble) for cause in causes}
    notices: dict[tuple[str, ...], list[Trouble]] = {}
    for trouble in _seldom(lasting, reported, now):
        to = tuple(name for name in channels if name != trouble.not_by)
        if to:
            notices.setdefault(to, []).append(trouble)
    return News(notices, frozenset(reported.keys() - lasting.keys()))


def _seldom(
    lasting: Mapping[str, tuple[Cause, Trouble]], reported: Mapping[str, datetime], now: datetime
) -> Iterator[Trouble]:
    """Those not reported yet. Of each channel's dead letters, one cause an hour; the others wait.

    So a receiver that refuses in ever other words causes no flood.
    """
    lately = {
        cause.channel
        for key, (cause, _) in lasting.items()
        if isinstance(cause, DeadDigests) and key in reported and now - SELDOM < reported[key] < now + SELDOM
    }
    for key, (cause, trouble) in lasting.items():
        if key in reported:
            continue
        if isinstance(cause, DeadDigests):
            if cause.channel in lately:
                continue
            lately.add(cause.channel)
        yield trouble


@dataclass(frozen=True, slots=True)
class Reported:
    """A trouble sent to a channel directly, without the database. Its fields are those of told.json."""

    cause: str
    """Its key."""
    channel: str
    at: datetime
    lasts: bool = True
    """It has not ended since."""


def direct_news(
    causes: Iterable[Cause], reported: Sequence[Reported], channel: str, now: datetime
) -> Sequence[Trouble]:
    """What was not sent to this channel yet, and may be."""
    troubles = map(trouble_of, causes)
    return [one for one in troubles if one.not_by != channel and _is_news(one.cause, reported, channel, now)]


def _is_news(key: str, reported: Sequence[Reported], channel: str, now: datetime) -> bool:
    known = [one for one in reported if (one.cause, one.channel) == (key, channel)]
    return not any(one.lasts or timedelta(0) <= now - one.at < SELDOM for one in known)


def with_ended(
    reported: Sequence[Reported], causes: Collection[Cause], now: datetime
) -> tuple[Reported, ...]:
    """What was reported, now that only these causes last; what ended long ago is forgotten.

    What has ended stays ended until it is reported again.
    """
    lasting = {trouble_of(cause).cause for cause in causes}
    return tuple(
        replace(one, lasts=one.lasts and one.cause in lasting)
        for one in reported
        if one.cause in lasting or now - one.at < KEPT
    )
