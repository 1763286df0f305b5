"""/sources: every source with its health, those that need a look first."""

from collections import Counter

from watchdesk.documents.sources import LOOK, Condition, SourceReport, fits, interval_of
from watchdesk.web.asked import Asked
from watchdesk.web.paging import ROWS, ranked
from watchdesk.web.routes import Page, Values


def _show(asked: Asked) -> Values:
    health, text = asked.query.get("health", ""), asked.query.get("text", "").strip()
    reports = asked.desk.source_reports(asked.now)
    looks = {one.source.id for one in reports if one.needs_a_look(asked.now)}
    wanted = [one for one in reports if fits(one, health, text, asked.now)]

    def rank(report: SourceReport) -> int:
        return 0 if report.source.id in looks else 1

    found = ranked(wanted, ROWS, asked.query.get("cursor"), rank, lambda one: one.source.id)
    counts = Counter(one.condition for one in reports)
    return {
        "sources": found.rows,
        "next": found.next,
        "every": len(reports),
        "count": len(wanted),
        "to_see": len(looks),
        "health": health,
        "text": text,
        "choices": [(LOOK, "needs a look", len(looks))]
        + [(one.value, one.words, counts[one]) for one in Condition],
        "interval_of": interval_of,
        "is_first": "cursor" not in asked.query,
    }


PAGE = Page("/sources", "sources.html.j2", _show, name="Sources")
