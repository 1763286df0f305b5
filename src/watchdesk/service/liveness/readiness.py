"""Whether the service works, and in time, as `/healthz`, `/readyz` and the heartbeat have it. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import assert_never

from watchdesk.notices.wording import span
from watchdesk.service.liveness.status import Phase, ServiceStatus
from watchdesk.service.liveness.verdict import OFTEN, PASSING, SILENT

POLL, RECORD_POLLS, BEAT = "poll", "record polls", "heartbeat"
MAKE_DIGESTS, SEND, TELL = "make digests", "send", "tell the operators"
IN_TIME = timedelta(minutes=2)
"""Each of these steps comes round every few seconds."""
_STUCK = timedelta(seconds=60)
"""A main loop, or a heartbeat in the database, that takes longer does not come back by itself."""
_COSTS: Mapping[str, str] = {
    POLL: "nothing is polled",
    RECORD_POLLS: "polls are not recorded",
    BEAT: "nothing is stored",
    MAKE_DIGESTS: "no digest is made",
    SEND: "nothing is sent",
    TELL: "nobody looks after troubles",
}


def stuck(status: ServiceStatus, now: datetime, clock: float) -> list[str]:
    """What of a running service does not come back by itself, one clause each. `clock`: CLOCK_MONOTONIC."""
    found = []
    if clock - status.clock > _STUCK.total_seconds():
        found.append("the main loop of the service does not come round")
    heartbeat = status.steps.get(BEAT)
    if heartbeat and heartbeat.began and now - heartbeat.began > _STUCK:
        found.append("the database does not answer")
    return found


def unready(status: ServiceStatus | None, now: datetime) -> tuple[str, ...]:
    """Why the service needs a person now, one clause each; none: it polls, stores and delivers in time.

    `status`: what the running service says of itself. A service that has just started is not ready until each
    of its steps has come round.
    """
    if status is None:
        return ("it has not started",)
    match status.phase:
        case Phase.STARTING:
            return ("it is starting",)
        case Phase.WAITING:
            trouble = status.store.trouble if status.store else None
            return (f"it waits for its database: {trouble or 'the reason is not known'}",)
        case Phase.STOPPING | Phase.STOPPED:
            return ("it was stopped",)
        case Phase.REFUSED:
            return (f"it could not start: {status.reason or 'its log says why'}",)
        case Phase.RUNNING:
            return (*_hanging(status, now), *_not_stored(status, now), *_late(status, now), *status.urgent)
        case _:
            assert_never(status.phase)


def _hanging(status: ServiceStatus, now: datetime) -> Iterator[str]:
    age = abs(now - status.turn)
    if age >= SILENT:
        yield f"its main loop has not come round for {span(age)}"


def _not_stored(status: ServiceStatus, now: datetime) -> Iterator[str]:
    store = status.store
    if store and store.trouble and (store.damaged or now - (store.since or now) >= PASSING):
        yield f"its database cannot be used: {store.trouble}"
    elif store and store.unrecorded >= OFTEN:
        yield f"the last {store.unrecorded} polls could not be recorded"


def _late(status: ServiceStatus, now: datetime) -> Iterator[str]:
    for name, cost in _COSTS.items():
        step = status.steps.get(name)
        if step is None or step.ended is None:
            since = step.began if step and step.began else status.started
            why = f"the step '{name}' has not come round yet, since {span(now - since)}"
        elif step.failing_since and now - step.failing_since >= IN_TIME:
            why = f"the step '{name}' has failed for {span(now - step.failing_since)}: {step.reason}"
        elif now - step.ended >= IN_TIME:
            why = f"the step '{name}' has not come round for {span(now - step.ended)}"
        else:
            continue
        yield f"{cost}: {why}"
