"""Whether a digest is due, and why or why not. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from watchdesk.config.cron import CronSchedule
from watchdesk.config.settings import DigestSettings, QuietHours
from watchdesk.model import DigestMark


class Reason(StrEnum):
    """Named, so that logs and tests can say why."""

    MATCHED = "something matched, and has waited long enough for more"
    URGENT = "a rule of high priority matched in quiet hours"
    SCHEDULED = "its time has come"
    NOTHING_WAITS = "nothing waits for it"
    GATHERING = "waiting for more of the same"
    QUIET_HOURS = "quiet hours"
    NOT_YET = "its time has not come"


_DUE = frozenset({Reason.MATCHED, Reason.URGENT, Reason.SCHEDULED})


@dataclass(frozen=True, slots=True)
class Decision:
    """The reason, and for a schedule the time that the digest stands for."""

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
) -> Decision:
    """The decision at `now` for a digest remembered as `mark`.

    A schedule missed while the service was down is due once, for its latest time. `urgent_rules`, of
    high priority, break quiet hours. Schedules and quiet hours are in `timezone`.
    """
    if setting.schedule is not None:
        return _by_schedule(setting, setting.schedule, mark, now, timezone)
    if mark.oldest_waiting is None:
        return Decision(Reason.NOTHING_WAITS)
    if setting.quiet and in_quiet_hours(setting.quiet, now, timezone):
        urgent = bool(urgent_rules & mark.waiting_rules)
        return Decision(Reason.URGENT if urgent else Reason.QUIET_HOURS)
    if now - mark.oldest_waiting < setting.gather:
        return Decision(Reason.GATHERING)
    return Decision(Reason.MATCHED)


def _by_schedule(
    setting: DigestSettings, schedule: str, mark: DigestMark, now: datetime, timezone: ZoneInfo
) -> Decision:
    since = mark.last_scheduled or mark.known_since
    scheduled = CronSchedule.parse(schedule).latest(now, timezone, after=since)
    if scheduled is None:
        return Decision(Reason.NOT_YET)
    if setting.quiet and in_quiet_hours(setting.quiet, now, timezone):
        return Decision(Reason.QUIET_HOURS)
    return Decision(Reason.SCHEDULED, scheduled)


def in_quiet_hours(quiet: QuietHours, now: datetime, timezone: ZoneInfo) -> bool:
    """Whether the local time of day lies in the span, which may run over midnight."""
    local = now.astimezone(timezone).time()
    if quiet.start <= quiet.end:
        return quiet.start <= local < quiet.end
    return local >= quiet.start or local < quiet.end
