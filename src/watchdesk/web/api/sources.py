"""/api/v1/sources: what `watchdesk sources --json` prints, and one source with what it published."""

from dataclasses import dataclass
from enum import StrEnum

from watchdesk.documents.paces import source_detail
from watchdesk.documents.sources import (
    LOOK,
    Condition,
    SourceDetailDocument,
    SourceListDocument,
    fits,
    source_document,
)
from watchdesk.web.api.parameters import ById, Cursor, Limit
from watchdesk.web.asked import Asked, absent
from watchdesk.web.paging import ranked
from watchdesk.web.routes import Operation

Health = StrEnum("Health", {"LOOK": LOOK} | {one.name: one.value for one in Condition})  # type: ignore[misc] # of two lists


@dataclass(frozen=True, slots=True)
class _List:
    health: Health | None = None
    """`look`: those that a person should see."""
    text: str = ""
    """In the id, the title, the address or a tag."""
    limit: Limit = 100
    cursor: Cursor | None = None
    """The `next` of the list before."""


def _sources(asked: Asked, given: _List) -> SourceListDocument:
    reports = asked.desk.source_reports(asked.now)
    wanted = [one for one in reports if fits(one, given.health or "", given.text, asked.now)]
    found = ranked(wanted, given.limit, given.cursor, lambda _: 0, lambda one: one.source.id)
    return {"sources": [source_document(one) for one in found.rows], "next": found.next}


def _source(asked: Asked, given: ById) -> SourceDetailDocument:
    source = asked.configured.settings.sources.get(given.id)
    if source is None:
        raise absent(f"source '{given.id}'")
    with asked.desk.reading() as store:
        return source_detail(source, store, asked.now, asked.zone)


SOURCES = Operation(
    "/sources",
    "Every source with its health",
    _sources,
    document=SourceListDocument,
    parameters=_List,
    is_figures=True,
)
SOURCE = Operation(
    "/sources/{id}",
    "One source, its pace and its latest articles",
    _source,
    document=SourceDetailDocument,
    parameters=ById,
)
