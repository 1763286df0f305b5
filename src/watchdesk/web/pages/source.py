"""/sources/ID: how one source is, when it publishes, its latest articles, what was removed from them."""

from watchdesk.digests.rendering.sanitising import safe_link
from watchdesk.documents.paces import read_source, removed_lines, removed_source
from watchdesk.documents.sources import interval_of
from watchdesk.web.asked import Asked, absent
from watchdesk.web.pictures.week import week
from watchdesk.web.routes import Page, Values


def _show(asked: Asked) -> Values:
    name = asked.at["id"]
    source = asked.configured.settings.sources.get(name)
    with asked.desk.reading() as store:
        is_followed = source is not None
        if source is None:
            source = removed_source(name, store)
        if source is None:
            raise absent(f"source '{name}'")
        report, counts, latest = read_source(source, store, asked.now, asked.zone)
    return {
        "is_followed": is_followed,
        "report": report,
        "source": source,
        "state": report.state,
        "interval": interval_of(report.state),
        "link": safe_link(source.url) if report.address == source.url else None,
        "pace": week("Articles of the last four weeks by weekday and hour", counts),
        "latest": latest,
        "removed": removed_lines(latest),
    }


PAGE = Page("/sources/{id}", "source.html.j2", _show)
