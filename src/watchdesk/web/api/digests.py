"""/api/v1/digests: what is to go out and what was made; and one of them as it was sent."""

import json
from dataclasses import dataclass
from typing import Any

from watchdesk.digests.rendering.document_types import DigestDocument
from watchdesk.digests.rendering.notice import NoticeDocument
from watchdesk.documents.digests import (
    DigestsDocument,
    deliveries_by_digest,
    made_document,
    next_documents,
)
from watchdesk.web.api.parameters import ById, Cursor, Limit
from watchdesk.web.asked import Asked
from watchdesk.web.pages.digest import made_digest
from watchdesk.web.paging import cut, moment_cursor, place_of
from watchdesk.web.routes import Operation


@dataclass(frozen=True, slots=True)
class _List:
    digest: str | None = None
    """Only of this name; `operators`: notices of the service."""
    limit: Limit = 50
    cursor: Cursor | None = None
    """The `next` of the list before."""


def _digests(asked: Asked, given: _List) -> DigestsDocument:
    with asked.desk.reading() as store:
        rows = store.made_digests(given.digest, given.limit + 1, place_of(given.cursor))
        found = cut(rows, given.limit, lambda one: moment_cursor(one.composed_at, one.id))
        sent = deliveries_by_digest(store, found.rows)
    return {
        "next_digests": [
            one for one in next_documents(asked.desk.summary()) if given.digest in (None, one["digest"])
        ],
        "digests": [made_document(one, sent[one.id]) for one in found.rows],
        "next": found.next,
    }


def _digest(asked: Asked, given: ById) -> Any:
    return json.loads(made_digest(asked, given.id).rendered.json)


DIGESTS = Operation(
    "/digests",
    "What is to go out, and what was made, newest first",
    _digests,
    document=DigestsDocument,
    parameters=_List,
)
DIGEST = Operation(
    "/digests/{id}",
    "One digest or notice as it was sent: what webhooks carry",
    _digest,
    document=DigestDocument | NoticeDocument,
    parameters=ById,
)
