"""`status --healthy`: whether the service works, in a word, for what starts it again if it does not.

It judges as `/healthz` does: unhealthy is what a restart may help against. No file of the configuration is
read, and no database opened: where the page listens stands in the status file.
"""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watchdesk.service.liveness import ServiceStatus


def why_unhealthy(state_directory: Path, now: datetime) -> str | None:
    """Why a restart may help; None: it would not."""
    from watchdesk.service.liveness import read_status  # noqa: PLC0415 - help needs no files

    try:
        status = read_status(state_directory)
    except OSError as error:
        return f"{state_directory} cannot be read: {error.strerror or error}"
    if status is None:
        return f"no service has run with {state_directory}"
    if status.page and not status.page.trouble:
        from watchdesk.web.asking_health import why_not  # noqa: PLC0415 - as above

        return why_not(status.page.address)
    return _by_file(status, now)


def _by_file(status: "ServiceStatus", now: datetime) -> str | None:
    from watchdesk.service.liveness import LifeState, Processes, life_state, stuck  # noqa: PLC0415 - as above

    state = life_state(status, now - status.turn, is_gone=Processes().is_gone(status.process))
    if state not in (LifeState.RUNNING, LifeState.HANGS):
        return f"the service does not run: {state.value}"
    return next(iter(stuck(status, now, Processes.clock())), None)
