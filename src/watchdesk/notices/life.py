"""Whether the service, or cron in its place, does its work at all. Pure; `service.liveness` judges it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from watchdesk.model import Trouble
from watchdesk.notices.wording import clock, span


@dataclass(frozen=True, slots=True)
class ServiceHangs:
    """Its process is there, and its heartbeat has stopped."""

    pid: int
    age: timedelta
    """Of the last heartbeat."""
    unit: str | None
    """The enabled systemd unit of its state directory."""
    unwritten: str | None = None
    """Why it cannot write its heartbeat down, and what to do: it may well be at work."""


@dataclass(frozen=True, slots=True)
class ServiceDied:
    """It does not run, and nobody stopped it."""

    last: datetime
    """The last heartbeat."""
    unit: str | None


@dataclass(frozen=True, slots=True)
class ServiceRefused:
    """It could not start."""

    last: datetime
    """Attempt."""
    reason: str | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class ServiceStopped:
    """Somebody stopped it, and its unit is enabled."""

    last: datetime
    """The last heartbeat."""
    unit: str | None


@dataclass(frozen=True, slots=True)
class ServiceNeverStarted:
    """Its unit is enabled, and it never ran."""

    unit: str | None


@dataclass(frozen=True, slots=True)
class PassesOverdue:
    """`watchdesk once` has not run for twice its usual time."""

    last: datetime
    usual: timedelta


@dataclass(frozen=True, slots=True)
class UnitFailed:
    """Its unit has failed, and systemd does not start it again."""

    unit: str
    reason: str | None
    """What it said of itself when it gave up."""


ServiceAbsent: TypeAlias = ServiceHangs | ServiceDied | ServiceRefused | ServiceStopped | ServiceNeverStarted
LifeCause: TypeAlias = ServiceAbsent | PassesOverdue | UnitFailed


def trouble(cause: LifeCause) -> Trouble:
    """See `causes.trouble_of`; the sentences stand within `status`."""
    match cause:
        case ServiceHangs() | ServiceDied() | ServiceRefused() | ServiceStopped() | ServiceNeverStarted():
            return Trouble("service", _absent(cause))
        case UnitFailed(unit=unit, reason=reason):
            why = f": {reason.rstrip('.')}" if reason else ""
            return Trouble(
                "service",
                f"{unit} has failed{why}. It is not started again by itself: nothing is polled, and "
                f"nothing sent. journalctl -u {unit} says more. Once that is mended: systemctl "
                f"reset-failed {unit}, and systemctl start {unit}",
            )
        case PassesOverdue(last=last, usual=usual):
            return Trouble(
                "once",
                f"`watchdesk once` last ran at {clock(last)} and usually runs every {span(usual)}: "
                "look at the crontab or timer that starts it, and at its output",
            )
        case _:
            assert_never(cause)


def _absent(cause: ServiceAbsent) -> str:
    start = f"systemctl restart {cause.unit}" if cause.unit else "watchdesk run"
    log = f"journalctl -u {cause.unit}" if cause.unit else "its log"
    match cause:
        case ServiceHangs(pid=pid, age=age, unwritten=str() as why):
            return (
                f"the service (process {pid}) has not written its heartbeat down for {span(age)}: {why}; "
                f"it goes on by itself then. {log} says more"
            )
        case ServiceHangs(pid=pid, age=age):
            return (
                f"the service (process {pid}) hangs: its last heartbeat is {span(age)} old, and there "
                f"is one every few seconds. Kill it, and start it again: {start}; {log} may say why"
            )
        case ServiceDied(last=last):
            return (
                f"the service is not running, and nobody stopped it: its last heartbeat was at "
                f"{clock(last)}. Look at {log}, and start it again: {start}"
            )
        case ServiceRefused(last=last, reason=reason):
            why = reason or f"{log} says why"
            return f"the service could not start at {clock(last)}: {why}. Once that is fixed: {start}"
        case ServiceStopped(last=last, unit=unit):
            return (
                f"the service was stopped at {clock(last)}, but its unit {unit} is enabled; "
                f"to start it: {start}"
            )
        case ServiceNeverStarted(unit=unit):
            return (
                f"the unit {unit} is enabled, but the service has never started here; to start it: {start}; "
                f"for details: {log}"
            )
        case _:
            assert_never(cause)
