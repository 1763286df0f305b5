"""Decides whether a digest is due, and names the reason. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import assert_never
from zoneinfo import ZoneInfo

from watchdesk.config.cron import CronSchedule
from watchdesk.config.schedules import QuietHours
from watchdesk.config.settings import DigestSettings
from watchdesk.digests.spikes import Rise
from watchdesk.model import DigestMark


class Reason(StrEnum):
    """Why a digest is due, or is not."""

    MATCHED = "something matched, and has waited long enough for more"
    URGENT = "a rule of high priority matched in quiet hours"
    SCHEDULED = "its time has come"
    SPIKED = "a rule finds many times what is usual"
    NOTHING_WAITS = "nothing waits for it"
    HOLDING = "what waits for it waits for more sources, or is an update that it holds"
    NOTHING_SPIKES = "no rule finds much more than usual"
    GATHERING = "waiting for more of the same"
    QUIET_HOURS = "quiet hours"
    NOT_YET = "its time has not come"


_DUE = frozenset({Reason.MATCHED, Reason.URGENT, Reason.SCHEDULED, Reason.SPIKED})


@dataclass(frozen=True, slots=True)
class Decision:
    """The reason; where a schedule is the reason, also the scheduled time."""

    reason: Reason
    scheduled: datetime | None = None

    @property
    def is_due(self) -> bool:
        """Whether the digest is to be composed now."""
        return self.reason in _DUE


def due(
    setting: DigestSettings,
    mark: DigestMark,
    now: datetime,
    timezone: ZoneInfo,
    urgent_rules: frozenset[str],
    rises: Sequence[Rise] = (),
) -> Decision:
    """The decision at `now` for a digest remembered as `mark`, with the news alone in its queues.

    Not in them is what waits of silent rules, what waits for more sources, and what the digest holds.

    A schedule missed while the service was down is due once, for its latest time. `urgent_rules`, of
    high priority, break quiet hours. Schedules and quiet hours are in `timezone`. `rises`: what
    `spikes.rises` found, for a digest that asks for spikes.
    """
    if setting.schedule is not None:
        return _by_schedule(setting.schedule, mark, now, timezone)
    if setting.spike is not None:
        return _by_matches(
            setting,
            min((rise.at for rise in rises), default=None),
            frozenset(rise.spike.rule_id for rise in rises),
            (Reason.NOTHING_SPIKES, Reason.SPIKED),
            now,
            timezone,
            urgent_rules,
        )
    return _by_matches(
        setting,
        mark.oldest_waiting,
        frozenset(mark.queues),
        (Reason.HOLDING if mark.held else Reason.NOTHING_WAITS, Reason.MATCHED),
        now,
        timezone,
        urgent_rules,
    )


def _by_matches(
    setting: DigestSettings,
    oldest: datetime | None,
    rule_ids: frozenset[str],
    reasons: tuple[Reason, Reason],
    now: datetime,
    timezone: ZoneInfo,
    urgent_rules: frozenset[str],
) -> Decision:
    without, with_matches = reasons
    if oldest is None:
        return Decision(without)
    if setting.quiet and in_quiet_hours(setting.quiet, now, timezone):
        return Decision(Reason.URGENT if urgent_rules & rule_ids else Reason.QUIET_HOURS)
    if _is_gathering(oldest, now, setting.gather):
        return Decision(Reason.GATHERING)
    return Decision(with_matches)


def _is_gathering(oldest: datetime, now: datetime, gather: timedelta) -> bool:
    """Whether the digest still waits for more: from its oldest match until `gather` has passed.

    A match that seems to come from the future was found while a clock was ahead; the digest does not wait.
    """
    return oldest <= now < oldest + gather


def _by_schedule(schedule: str, mark: DigestMark, now: datetime, timezone: ZoneInfo) -> Decision:
    since = mark.last_scheduled or mark.known_since
    scheduled = CronSchedule.parse(schedule).latest(now, timezone, after=since)
    return Decision(Reason.SCHEDULED, scheduled) if scheduled else Decision(Reason.NOT_YET)


@dataclass(frozen=True, slots=True)
class Departure:
    """When a digest will go out if nothing else happens, and what it still waits for."""

    at: datetime | None
    """None: nobody can say, for it waits for something to match or to spike."""
    reason: Reason


def departure(
    setting: DigestSettings,
    mark: DigestMark,
    now: datetime,
    timezone: ZoneInfo,
    urgent_rules: frozenset[str],
    rises: Sequence[Rise] = (),
) -> Departure:
    """When `due` will find the digest due; arguments as there."""
    decision = due(setting, mark, now, timezone, urgent_rules, rises)
    match decision.reason:
        case Reason.MATCHED | Reason.URGENT | Reason.SCHEDULED | Reason.SPIKED:
            return Departure(now, decision.reason)
        case Reason.NOTHING_WAITS | Reason.HOLDING | Reason.NOTHING_SPIKES:
            return Departure(None, decision.reason)
        case Reason.NOT_YET:
            schedule = CronSchedule.parse(setting.schedule or "")
            return Departure(schedule.next_after(now, timezone), decision.reason)
        case Reason.GATHERING | Reason.QUIET_HOURS:
            return _after_waiting(setting, mark, now, timezone, urgent_rules, rises)
        case _:
            assert_never(decision.reason)


def _after_waiting(
    setting: DigestSettings,
    mark: DigestMark,
    now: datetime,
    timezone: ZoneInfo,
    urgent_rules: frozenset[str],
    rises: Sequence[Rise],
) -> Departure:
    """Gathering and quiet hours may follow each other, so each step asks `due` itself."""
    reason = due(setting, mark, now, timezone, urgent_rules, rises).reason
    oldest = mark.oldest_waiting if setting.spike is None else min((rise.at for rise in rises), default=None)
    moment = now
    for _ in range(_MOST_STEPS):
        decision = due(setting, mark, moment, timezone, urgent_rules, rises)
        if decision.is_due or oldest is None:
            break
        if decision.reason is Reason.QUIET_HOURS and setting.quiet:
            moment = _end_of(setting.quiet, moment, timezone)
        else:
            moment = oldest + setting.gather
    return Departure(moment, reason)


_MOST_STEPS = 4
"""Quiet hours, gathering, and quiet hours again: more cannot come in between."""


def _end_of(quiet: QuietHours, now: datetime, timezone: ZoneInfo) -> datetime:
    """The first minute after the quiet hours."""
    today = now.astimezone(timezone).date()
    for day in (today, today + timedelta(days=1)):
        end = datetime.combine(day, quiet.end, timezone).astimezone(UTC)
        if end > now and not in_quiet_hours(quiet, end, timezone):
            return end
    return now + timedelta(days=1)


def in_quiet_hours(quiet: QuietHours, now: datetime, timezone: ZoneInfo) -> bool:
    """Whether the local time of day lies in the span, which may run over midnight."""
    local = now.astimezone(timezone).time()
    if quiet.start <= quiet.end:
        return quiet.start <= local < quiet.end
    return local >= quiet.start or local < quiet.end
