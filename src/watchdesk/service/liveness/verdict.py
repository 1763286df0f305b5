"""What a status file says: whether the service runs, whether it ought to, and what needs a person. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from watchdesk.notices import Cause
from watchdesk.notices.life import (
    PassesOverdue,
    ServiceAbsent,
    ServiceDied,
    ServiceHangs,
    ServiceNeverStarted,
    ServiceRefused,
    ServiceStopped,
)
from watchdesk.notices.page import LinksUnsigned, PageLocked
from watchdesk.notices.service import (
    DatabaseDamaged,
    DatabaseUnusable,
    Happened,
    PollsUnrecorded,
    ReloadHanging,
    StepCause,
    StepFailing,
    StepHanging,
)
from watchdesk.service.liveness.damage import Damage
from watchdesk.service.liveness.single_passes import SinglePasses
from watchdesk.service.liveness.status import Phase, ServiceStatus, StepStatus

SILENT = timedelta(seconds=15)
"""A main loop that has not come round for so long hangs: it does each second, and writes so every five."""
PASSING = timedelta(seconds=20)
"""A lock, or a restart of the database server, is over by then."""
OFTEN = 3
"""Failures in a row from which a step fails again and again."""
LASTING = timedelta(seconds=10)
"""And for at least as long: one locked database is no trouble yet."""
HANGING = timedelta(minutes=5)
"""A step or a reload that takes longer does not come back by itself."""
_MOST_SHOWN = 3
_SOMEWHERE = "a part that is being looked for"
SHOWN = timedelta(days=1)
"""How long something that is over is still reported."""


class LifeState(StrEnum):
    """What became of the service, as `status --json` says it."""

    RUNNING = "running"
    HANGS = "hangs"
    DIED = "died"
    STOPPED = "stopped"
    REFUSED = "refused"
    """It could not start."""
    NEVER = "never started"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `status` says of the service."""

    state: LifeState
    ought_to_run: bool
    causes: tuple[Cause, ...]
    """What needs a person."""

    @property
    def unwritten(self) -> str | None:
        """Why a service that may be at work does not write its heartbeat down."""
        return next((cause.unwritten for cause in self.causes if isinstance(cause, ServiceHangs)), None)

    def with_unwritten(self, why: str | None) -> "Verdict":
        """The same, with the reason why it does not, where none was found yet."""
        if why is None or self.unwritten:
            return self
        explained = (
            replace(cause, unwritten=why) if isinstance(cause, ServiceHangs) else cause
            for cause in self.causes
        )
        return replace(self, causes=tuple(explained))

    @property
    def runs(self) -> bool:
        """Whether it does its work."""
        return self.state is LifeState.RUNNING


def judged(
    status: ServiceStatus | None,
    passes: SinglePasses | None,
    unit: str | None,
    now: datetime,
    age: timedelta,
    *,
    is_gone: bool | None,
    unwritten: str | None = None,
) -> Verdict:
    """`unit`: the enabled systemd unit of the state directory; `age`: that of the status file.

    `is_gone`: whether its process has ended; None where that cannot be seen. `unwritten`: why it cannot write
    the status file, if that can be seen.
    """
    state = life_state(status, age, is_gone=is_gone)
    last = status and status.phase
    ought = unit is not None or (status is not None and last is not Phase.STOPPED)
    causes: list[Cause] = []
    if ought and (absence := _absence(state, status, unit, age, unwritten)):
        causes.append(absence)
    if state in (LifeState.RUNNING, LifeState.HANGS) and status:
        causes += service_causes(status, now)
    if state is LifeState.NEVER and not ought and passes and passes.overdue(now):
        causes.append(PassesOverdue(passes.ended[-1], passes.usual or timedelta(0)))
    return Verdict(state, ought, tuple(causes))


def life_state(status: ServiceStatus | None, age: timedelta, *, is_gone: bool | None) -> LifeState:
    """What became of the service that wrote the status."""
    if status is None:
        return LifeState.NEVER
    match status.phase:
        case Phase.STOPPED:
            return LifeState.STOPPED
        case Phase.REFUSED:
            return LifeState.REFUSED
        case Phase.STARTING | Phase.WAITING | Phase.RUNNING | Phase.STOPPING:
            if is_gone:
                return LifeState.DIED
            if abs(age) < SILENT:
                return LifeState.RUNNING
            return LifeState.HANGS if is_gone is False else LifeState.DIED
        case _:
            assert_never(status.phase)


def service_causes(status: ServiceStatus, now: datetime) -> Iterator[Cause]:
    """What needs a person of what the running service says of itself."""
    store = status.store
    in_trouble = bool(store and store.trouble)
    if store and store.trouble and (store.damaged or now - (store.since or now) >= PASSING):
        yield DatabaseUnusable(store.trouble, store.disk_is_full, store.unrecorded > 0)
    elif store and store.unrecorded >= OFTEN:
        yield PollsUnrecorded(store.unrecorded)
    yield from damage_causes(store.damages if store else ())
    for name, step in sorted(status.steps.items()):
        # What the database does to the steps is one trouble, not many.
        known = replace(step, failures=0) if step.of_store and in_trouble else step
        yield from _step_causes(name, known, now)
    reloading = status.configuration.reloading
    if reloading and now - reloading >= HANGING:
        yield ReloadHanging(reloading)
    if status.page and status.page.locked:
        yield PageLocked(status.page.locked)
    if status.page and status.page.unsigned:
        yield LinksUnsigned(status.page.unsigned)
    for incident in status.incidents:
        if now - incident.at < SHOWN:
            yield Happened(incident.at, incident.sentence)


def damage_causes(damages: Sequence[Damage]) -> Iterator[DatabaseDamaged]:
    """What is damaged in the database, part by part."""
    parts: dict[str, list[Damage]] = {}
    for damage in damages:
        parts.setdefault(damage.part if damage.is_exact else _SOMEWHERE, []).append(damage)
    for part, found in parts.items():
        what = tuple(dict.fromkeys(_what(damage) for damage in found))[:_MOST_SHOWN]
        yield DatabaseDamaged(part, what, min(damage.found for damage in found))


def _what(damage: Damage) -> str:
    return damage.what if damage.is_exact else f"{damage.what}, met in {damage.part}"


def _step_causes(name: str, step: StepStatus, now: datetime) -> Iterator[StepCause]:
    since = step.failing_since
    if step.failures >= OFTEN and since and now - since >= LASTING:
        yield StepFailing(name, step.failures, since, step.reason)
    if step.began and now - step.began >= HANGING:
        yield StepHanging(name, step.began)


def _absence(
    state: LifeState,
    status: ServiceStatus | None,
    unit: str | None,
    age: timedelta,
    unwritten: str | None,
) -> ServiceAbsent | None:
    """Why a service that ought to run does not; None: it does."""
    if status is None:
        return ServiceNeverStarted(unit)
    match state:
        case LifeState.RUNNING | LifeState.NEVER:
            return None
        case LifeState.HANGS:
            return ServiceHangs(status.process.pid, age, unit, unwritten)
        case LifeState.DIED:
            return ServiceDied(status.turn, unit)
        case LifeState.REFUSED:
            return ServiceRefused(status.turn, status.reason, unit)
        case LifeState.STOPPED:
            return ServiceStopped(status.turn, unit)
        case _:
            assert_never(state)
