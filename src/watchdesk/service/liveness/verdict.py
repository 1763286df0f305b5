"""What a sign of life says: whether the service runs, whether it ought to, and what needs a person. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from watchdesk.model import Trouble
from watchdesk.service.liveness.sign import Phase, SignOfLife, StepSign
from watchdesk.service.liveness.single_passes import SinglePasses

SILENT = timedelta(seconds=15)
"""A loop that has not come round for so long hangs: it does each second, and says so every five."""
PASSING = timedelta(seconds=20)
"""A lock, or a server that is started anew, is over by then."""
OFTEN = 3
"""Failures in a row from which a step fails again and again."""
LASTING = timedelta(seconds=10)
"""And for at least as long: one locked database is no trouble yet."""
HANGING = timedelta(minutes=5)
"""A step or a reload that is under way for so long does not come back by itself."""
SHOWN = timedelta(days=1)
"""For as long a person is told of what happened and is over."""


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
    troubles: tuple[Trouble, ...]

    @property
    def runs(self) -> bool:
        """Whether it does its work."""
        return self.state is LifeState.RUNNING


def judged(
    sign: SignOfLife | None,
    passes: SinglePasses | None,
    unit: str | None,
    now: datetime,
    age: timedelta,
    *,
    is_gone: bool | None,
) -> Verdict:
    """`unit`: the enabled systemd unit of the state directory; `age`: that of the sign of life.

    `is_gone`: whether its process has ended; None where that cannot be seen.
    """
    state = life_state(sign, age, is_gone=is_gone)
    last = sign and sign.phase
    ought = unit is not None or (sign is not None and last is not Phase.STOPPED)
    troubles = []
    if ought and state is not LifeState.RUNNING:
        troubles.append(Trouble("service", _absent(state, sign, unit, age)))
    if state in (LifeState.RUNNING, LifeState.HANGS) and sign:
        troubles += service_troubles(sign, now)
    if state is LifeState.NEVER and not ought and passes and passes.overdue(now):
        last_pass, usual = _clock(passes.ended[-1]), _span(passes.usual or timedelta(0))
        troubles.append(
            Trouble(
                "once",
                f"`watchdesk once` last ran {last_pass} and usually runs every {usual}: "
                "look at the crontab or timer that starts it, and at what it said",
            )
        )
    return Verdict(state, ought, tuple(troubles))


def life_state(sign: SignOfLife | None, age: timedelta, *, is_gone: bool | None) -> LifeState:
    """What became of the service that wrote the sign."""
    if sign is None:
        return LifeState.NEVER
    match sign.phase:
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
            assert_never(sign.phase)


def service_troubles(sign: SignOfLife, now: datetime) -> Iterator[Trouble]:
    """What needs a person of what the running service says of itself."""
    store = sign.store
    if store and store.trouble and (store.damaged or now - (store.since or now) >= PASSING):
        waits = " Until it can be written again, no publisher is asked." if store.unrecorded else ""
        full = "disk is full" in store.trouble
        what = "write (a full disk?)" if full else "use its database"
        yield Trouble("database", f"The service cannot {what}: {store.trouble}.{waits}")
    elif store and store.unrecorded >= OFTEN:
        yield Trouble("polls", f"The last {store.unrecorded} polls could not be recorded; the log says why.")
    in_trouble = bool(store and store.trouble)
    for name, step in sorted(sign.steps.items()):
        # What the database does to each step is told once.
        known = replace(step, failures=0) if step.of_store and in_trouble else step
        yield from _step_troubles(name, known, now)
    reloading = sign.configuration.reloading
    if reloading and now - reloading >= HANGING:
        yield Trouble(
            "reload",
            f"A reload of the configuration began {_clock(reloading)} and does not end; the one before stays "
            "in force. Restart the service, and look at what was changed.",
        )
    for incident in sign.incidents:
        if now - incident.at < SHOWN:
            yield Trouble(
                f"incident:{incident.at.isoformat()}", f"{_clock(incident.at)}: {incident.sentence}"
            )


def _step_troubles(name: str, step: StepSign, now: datetime) -> Iterator[Trouble]:
    since = step.failing_since
    if step.failures >= OFTEN and since and now - since >= LASTING:
        yield Trouble(
            f"step:{name}",
            f"The step '{name}' has failed {step.failures} times in a row since {_clock(since)}: "
            f"{step.reason}. It is tried again and again; the log has more.",
        )
    if step.began and now - step.began >= HANGING:
        yield Trouble(
            f"hangs:{name}",
            f"The step '{name}' began {_clock(step.began)} and does not come back: restart the service.",
        )


def _absent(state: LifeState, sign: SignOfLife | None, unit: str | None, age: timedelta) -> str:
    start = f"systemctl restart {unit}" if unit else "watchdesk run"
    log = f"journalctl -u {unit}" if unit else "its log"
    last = _clock(sign.turn) if sign else ""
    match state:
        case LifeState.HANGS:
            pid = sign.process.pid if sign else 0
            return (
                f"the service (process {pid}) hangs: its last sign of life is {_span(age)} old, and there "
                f"is one every few seconds. End it, and start it again: {start}; {log} may say why"
            )
        case LifeState.DIED:
            return (
                f"the service does not run, and nobody stopped it: its last sign of life was {last}. "
                f"Look at {log}, and start it again: {start}"
            )
        case LifeState.REFUSED:
            reason = (sign.reason if sign else None) or f"{log} says why"
            return f"the service could not start {last}: {reason}. When that is mended: {start}"
        case LifeState.STOPPED:
            return f"the service was stopped {last}, and its unit {unit} is enabled: {start}"
        case LifeState.NEVER:
            return f"the unit {unit} is enabled, and the service never started here: {start}; {log} has more"
        case LifeState.RUNNING:
            return ""
        case _:
            assert_never(state)


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _span(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"
