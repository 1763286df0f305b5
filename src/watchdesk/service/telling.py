"""Tells the operators what the store cannot be asked for: their channels are asked directly, without it.

What was told is remembered in a small file, so that neither a restart nor a trouble that comes and goes makes
a flood of it.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import structlog

from watchdesk import digests
from watchdesk.config.settings import OPERATORS
from watchdesk.delivery import deliveries_for
from watchdesk.model import Digest, Parcel, Refused, Retry, SendOutcome, Sent, Trouble
from watchdesk.plan import Plan
from watchdesk.service.liveness.state_file import StateFile

log = structlog.get_logger(__name__)

FILE = "told.json"
SELDOM = timedelta(hours=1)
"""A trouble that ended and came again is not told again sooner."""
FIRST = timedelta(minutes=1)
"""After which a channel that did not take a notice is asked again; twice as long each time."""
KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Told:
    """A trouble that a channel took."""

    cause: str
    channel: str
    at: datetime
    lasts: bool = True
    """It has not ended since."""


@dataclass(frozen=True, slots=True)
class AllTold:
    """All of them."""

    told: tuple[Told, ...] = ()
    version: Literal[1] = 1


class Teller:
    """Not for several threads at once."""

    def __init__(self, state_directory: Path, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._file = StateFile(state_directory / FILE, AllTold)
        self._told = self._remembered()
        self._waits: dict[str, tuple[datetime, timedelta]] = {}
        self._begun = clock()

    def tell(self, plan: Plan, troubles: Sequence[Trouble]) -> bool:
        """Sends what each of the operators' channels has not taken yet. False where one did not take it."""
        now = self._clock()
        if now - self._begun >= FIRST:  # what troubled the process before this one is found again by then
            self._end(troubles, now)
        took = [self._tell(plan, name, troubles, now) for name in plan.settings.operators]
        return all(took)

    def _tell(self, plan: Plan, channel: str, troubles: Sequence[Trouble], now: datetime) -> bool:
        fresh = [t for t in troubles if t.not_by != channel and self._is_news(t.cause, channel, now)]
        due, wait = self._waits.get(channel, (now, FIRST))
        if not fresh or not (
            due <= now or due - now > wait
        ):  # a clock that was put back keeps nobody waiting
            return not fresh
        outcome = _send(plan, channel, fresh, now)
        match outcome:
            case Sent():
                self._waits.pop(channel, None)
                self._remember([Told(trouble.cause, channel, now) for trouble in fresh])
                log.warning(
                    "the operators are told directly", channel=channel, troubles=[t.cause for t in fresh]
                )
                return True
            case Retry(reason) | Refused(reason):
                self._waits[channel] = now + wait, min(2 * wait, SELDOM)
                log.error("the operators could not be told directly", channel=channel, why=reason)
                return False

    def _is_news(self, cause: str, channel: str, now: datetime) -> bool:
        known = [one for one in self._told if (one.cause, one.channel) == (cause, channel)]
        return not any(one.lasts or timedelta(0) <= now - one.at < SELDOM for one in known)

    def _end(self, troubles: Sequence[Trouble], now: datetime) -> None:
        """What is over may be told again when it comes again."""
        going = {trouble.cause for trouble in troubles}
        kept = tuple(
            Told(one.cause, one.channel, one.at, one.cause in going)
            for one in self._told
            if one.cause in going or now - one.at < KEPT
        )
        if kept != self._told:
            self._told = kept
            self._save()

    def _remember(self, told: Sequence[Told]) -> None:
        known = {(one.cause, one.channel): one for one in (*self._told, *told)}
        self._told = tuple(known.values())
        self._save()

    def _save(self) -> None:
        try:
            self._file.write(AllTold(self._told))
        except OSError as error:
            log.warning("what was told cannot be remembered", file=str(self._file.path), why=str(error))

    def _remembered(self) -> tuple[Told, ...]:
        try:
            found = self._file.read()
        except OSError:
            return ()
        return found.told if found else ()


def _send(plan: Plan, name: str, troubles: Sequence[Trouble], now: datetime) -> SendOutcome:
    channel = plan.channels.get(name)
    if channel is None:
        return Refused("it is not configured")
    notice = Digest(OPERATORS, "watchdesk", now, None, (), id=uuid.uuid4().hex)
    rendered = digests.render_notice_by(plan.templates, troubles, now, plan.settings.timezone).rendered
    (delivery,) = deliveries_for(notice, [name], now)
    try:
        return channel.send(Parcel(delivery, rendered, now), now)
    except Exception as mistake:  # a third party's; it must not end the service that is in trouble already
        log.exception("a channel failed by a mistake in it", channel=name)
        return Retry(f"it failed by a mistake in it ({type(mistake).__name__})")
