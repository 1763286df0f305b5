"""/sources: every source with its health, those that need a look first."""

from collections import Counter

from watchdesk.documents.sources import LOOK, Condition, SourceReport, fits, interval_of, source_reports
from watchdesk.web.asked import Asked
from watchdesk.web.paging import ROWS, ranked
from watchdesk.web.routes import Page, Values


def _show(asked: Asked) -> Values:
    health, text = asked.query.get("health", ""), asked.query.get("text", "").strip()
    with asked.desk.reading() as store:
        reports = source_reports(asked.configured.settings.sources.values(), store, asked.now)
    wanted = [one for one in reports if fits(one, health, text, asked.now)]

    def rank(report: SourceReport) -> int:
        return 0 if report.needs_a_look(asked.now) else 1

    found = ranked(wanted, ROWS, asked.query.get("cursor"), rank, lambda one: one.source.id)
    counts = Counter(one.condition for one in reports)
    to_see = sum(one.needs_a_look(asked.now) for one in reports)
    return {
        "sources": found.rows,
        "next": found.next,
        "every": len(reports),
        "count": len(wanted),
        "to_see": to_see,
        "health": health,
        "text": text,
        "choices": [(LOOK, "needs a look", to_see)]
        + [(one.value, one.words, counts[one]) for one in Condition],
        "interval_of": interval_of,
        "is_first": "cursor" not in asked.query,
    }


PAGE = Page("/sources", "sources.html.j2", _show, name="Sources")
