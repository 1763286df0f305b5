"""Reports to the operators what the store cannot: it sends to their channels without it.

What was reported is remembered in a small file, so that neither a restart nor a trouble that comes and goes
makes a flood of it. `notices` decides what is news.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, assert_never

from watchdesk.delivery import deliveries_for
from watchdesk.logger import get_logger
from watchdesk.model import Notice, Parcel, Refused, Retry, SendOutcome, Sent
from watchdesk.notices import Cause, Reported, direct_news, with_ended
from watchdesk.plan import Plan
from watchdesk.reporting import make_notice
from watchdesk.service.liveness.state_file import StateFile

log = get_logger(__name__)

FILE = "told.json"
FIRST = timedelta(minutes=1)
"""After which a channel that did not take a notice is asked again; twice as long each time."""
LONGEST = timedelta(hours=1)
"""What that grows to."""


@dataclass(frozen=True, slots=True)
class AllReported:
    """The content of told.json."""

    told: tuple[Reported, ...] = ()
    version: Literal[1] = 1


class DirectReporter:
    """Not for several threads at once."""

    def __init__(self, state_directory: Path, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._file = StateFile(state_directory / FILE, AllReported)
        self._reported = self._remembered()
        self._waits: dict[str, tuple[datetime, timedelta]] = {}
        self._begun = clock()

    def report(self, plan: Plan, causes: Sequence[Cause]) -> bool:
        """Sends each operators' channel what it has not accepted yet. False when one did not accept it."""
        now = self._clock()
        if now - self._begun >= FIRST:  # what troubled the process before this one is found again by then
            self._remember(with_ended(self._reported, causes, now))
        took = [self._report(plan, name, causes, now) for name in plan.settings.operators]
        return all(took)

    def _report(self, plan: Plan, channel: str, causes: Sequence[Cause], now: datetime) -> bool:
        fresh = direct_news(causes, self._reported, channel, now)
        due, wait = self._waits.get(channel, (now, FIRST))
        is_due = due <= now or due - now > wait  # a clock that was put back keeps nobody waiting
        if not (fresh.troubles or fresh.over) or not is_due:
            return not (fresh.troubles or fresh.over)
        outcome = send_notice(plan, channel, fresh, now)
        match outcome:
            case Sent():
                self._waits.pop(channel, None)
                self._add(channel, fresh, now)
                keys, over = ([one.cause for one in told] for told in (fresh.troubles, fresh.over))
                log.warning(
                    "reported trouble to the operators directly", channel=channel, troubles=keys, over=over
                )
                return True
            case Retry(reason) | Refused(reason):
                self._waits[channel] = now + wait, min(2 * wait, LONGEST)
                log.error("could not report trouble to the operators directly", channel=channel, why=reason)
                return False
            case _:
                assert_never(outcome)

    def _add(self, channel: str, said: Notice, now: datetime) -> None:
        """Remembers what was sent to the channel."""
        told = {one.sentence for one in said.over}
        before = (
            replace(one, recovery=None) if one.channel == channel and one.recovery in told else one
            for one in self._reported
        )
        fresh = (Reported(one.cause, channel, now, recovery=one.recovery) for one in said.troubles)
        self._remember(tuple({(one.cause, one.channel): one for one in (*before, *fresh)}.values()))

    def _remember(self, reported: tuple[Reported, ...]) -> None:
        if reported == self._reported:
            return
        self._reported = reported
        try:
            self._file.write(AllReported(reported))
        except OSError as error:
            log.warning("what was reported cannot be remembered", file=str(self._file.path), why=str(error))

    def _remembered(self) -> tuple[Reported, ...]:
        try:
            found = self._file.read()
        except OSError:
            return ()
        return found.told if found else ()


def send_notice(plan: Plan, name: str, said: Notice, now: datetime) -> SendOutcome:
    """Sends it once through the channel of this name, at once."""
    channel = plan.channels.get(name)
    if channel is None:
        return Refused("it is not configured")
    if elsewhere := plan.elsewhere(name):
        return Refused(elsewhere)
    notice, rendering = make_notice(plan, said, now)
    (delivery,) = deliveries_for(notice, [name], now)
    try:
        return channel.send(Parcel(delivery, rendering.rendered, now), now)
    except Exception as mistake:  # a third party's; it must not end the service that is in trouble already
        log.exception("a channel failed by a mistake in it", channel=name)
        return Retry(f"it failed by a mistake in it ({type(mistake).__name__})")
