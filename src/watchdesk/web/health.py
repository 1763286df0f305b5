"""/healthz and /readyz, for what watches the process: one word to strangers, more with the token.

Health: false only where a restart may help. Readiness: false while something needs a person now.
"""

from collections.abc import Mapping

from starlette.responses import PlainTextResponse, Response

from watchdesk.documents.words import utc_text
from watchdesk.service.liveness.processes import Processes
from watchdesk.service.liveness.readiness import stuck, unready
from watchdesk.web.access.visitors import Visitor
from watchdesk.web.answers import encoded
from watchdesk.web.asked import Asked


def healthz(asked: Asked, _headers: Mapping[str, str]) -> Response:
    """Whether the process does its work, or would again after a restart only."""
    return _answer(asked, "healthy", stuck(asked.desk.told(), asked.now, Processes.clock()))


def readyz(asked: Asked, _headers: Mapping[str, str]) -> Response:
    """Whether news comes in and goes out in time."""
    status = asked.desk.told()
    return _answer(
        asked, "ready", [*stuck(status, asked.now, Processes.clock()), *unready(status, asked.now)]
    )


def _answer(asked: Asked, word: str, against: list[str]) -> Response:
    status = 503 if against else 200
    if asked.visitor is Visitor.STRANGER:
        return PlainTextResponse(f"{'un' if against else ''}{word}\n", status)
    found = {word: not against, "reasons": against, "at": utc_text(asked.now)}
    return Response(encoded(found), status, media_type="application/json")
