"""/rules: every rule with what it finds, those that need a look first; and the silences in force."""

from watchdesk.documents.rule_list import RuleReport
from watchdesk.web.asked import Asked
from watchdesk.web.paging import ROWS, ranked
from watchdesk.web.routes import Page, Values

LOOK = "look"


def _show(asked: Asked) -> Values:
    show, text = asked.query.get("show", ""), asked.query.get("text", "").strip()
    reports, days = asked.desk.rule_reports(asked.now)
    wanted = [one for one in reports if _fits(one, show, text.casefold())]

    def rank(report: RuleReport) -> int:
        return 0 if report.needs_a_look else 1

    found = ranked(wanted, ROWS, asked.query.get("cursor"), rank, lambda one: one.rule.id)
    return {
        "rules": found.rows,
        "next": found.next,
        "is_first": "cursor" not in asked.query,
        "every": len(reports),
        "count": len(wanted),
        "to_see": sum(one.needs_a_look for one in reports),
        "days": days,
        "show": show,
        "text": text,
        "refused": asked.configured.refused_folders,
    }


def _fits(report: RuleReport, show: str, text: str) -> bool:
    rule = report.rule
    sought = (rule.id, rule.title, rule.query.text, rule.folder, *rule.tags)
    is_wanted = (
        not show
        or (show == LOOK and report.needs_a_look)
        or (show == "silenced" and report.silent_until is not None)
    )
    return is_wanted and (not text or any(text in one.casefold() for one in sought))


PAGE = Page("/rules", "rules.html.j2", _show, name="Rules")
