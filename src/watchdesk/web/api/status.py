"""/api/v1/status: what `watchdesk status --json` prints."""

from watchdesk.documents.status import StatusDocument, status_document
from watchdesk.web.asked import Asked
from watchdesk.web.routes import Operation


def _status(asked: Asked, _parameters: None) -> StatusDocument:
    return status_document(asked.desk.summary())


STATUS = Operation(
    "/status",
    "Whether the desk is well, and what needs a person",
    _status,
    document=StatusDocument,
    is_figures=True,
)
