"""/healthz and /readyz, for what watches the process: one word to strangers, more with the token.

Health: false only where a restart may help. Readiness: false while something needs a person now.
"""

from collections.abc import Mapping
from datetime import timedelta

from starlette.responses import PlainTextResponse, Response

from watchdesk.documents.words import utc_text
from watchdesk.service.liveness import ServiceStatus
from watchdesk.service.liveness.processes import Processes
from watchdesk.service.liveness.readiness import unready
from watchdesk.web.access.visitors import Visitor
from watchdesk.web.answers import encoded
from watchdesk.web.asked import Asked

STUCK = timedelta(seconds=60)
"""A main loop, or a heartbeat in the database, that takes longer does not come back by itself."""


def healthz(asked: Asked, _headers: Mapping[str, str]) -> Response:
    """Whether the process does its work, or would again after a restart only."""
    return _answer(asked, "healthy", hanging(asked.desk.told(), asked))


def readyz(asked: Asked, _headers: Mapping[str, str]) -> Response:
    """Whether news comes in and goes out in time."""
    status = asked.desk.told()
    return _answer(asked, "ready", [*hanging(status, asked), *unready(status, asked.now)])


def hanging(status: ServiceStatus, asked: Asked) -> list[str]:
    """What hangs, in sentences."""
    found = []
    if Processes.clock() - status.clock > STUCK.total_seconds():
        found.append("the main loop of the service does not come round")
    heartbeat = status.steps.get("heartbeat")
    if heartbeat and heartbeat.began and asked.now - heartbeat.began > STUCK:
        found.append("the database does not answer")
    return found


def _answer(asked: Asked, word: str, against: list[str]) -> Response:
    status = 503 if against else 200
    if asked.visitor is Visitor.STRANGER:
        return PlainTextResponse(f"{'un' if against else ''}{word}\n", status)
    found = {word: not against, "reasons": against, "at": utc_text(asked.now)}
    return Response(encoded(found), status, media_type="application/json")
