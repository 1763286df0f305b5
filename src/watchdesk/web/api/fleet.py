"""/api/v1/fleet: what `watchdesk fleet --json` prints."""

from watchdesk.documents.fleet import FleetDocument, fleet_document
from watchdesk.web.asked import Asked
from watchdesk.web.routes import Operation


def _fleet(asked: Asked, _parameters: None) -> FleetDocument:
    return fleet_document(asked.desk.hosts())


FLEET = Operation(
    "/fleet",
    "The machines that share the work, and how each of them polls",
    _fleet,
    document=FleetDocument,
    is_figures=True,
)
