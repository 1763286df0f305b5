"""/api/v1/rules: what `watchdesk rules --json` prints, and one rule with what it found lately."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, cast

from pydantic import Field

from watchdesk.documents.rule_view import RuleDetailDocument, rule_detail
from watchdesk.documents.rules import HabitsDocument, RuleListDocument
from watchdesk.web.api.parameters import ById, Cursor, Limit
from watchdesk.web.asked import Asked
from watchdesk.web.paging import ranked
from watchdesk.web.playground.messages import CountHabits, Document, Viewed, ViewRule
from watchdesk.web.routes import Operation
from watchdesk.web.rules_asked import ask


@dataclass(frozen=True, slots=True)
class _List:
    days: Annotated[int, Field(ge=1, le=90)] = 30
    """How far back."""
    limit: Limit = 100
    cursor: Cursor | None = None
    """The `next` of the list before."""


def _rules(asked: Asked, given: _List) -> RuleListDocument:
    def made() -> HabitsDocument:
        counted = ask(asked, CountHabits(asked.now, timedelta(days=given.days)), Document)
        return cast("HabitsDocument", counted.document)

    found = asked.desk.habits.get(given.days, asked.configured, made)
    shown = ranked(found["rules"], given.limit, given.cursor, lambda _: 0, lambda one: one["rule"])
    return {**found, "rules": list(shown.rows), "next": shown.next}


def _rule(asked: Asked, given: ById) -> RuleDetailDocument:
    rule = asked.rule(given.id)
    viewed = ask(asked, ViewRule(rule.id, asked.now), Viewed)
    return rule_detail(viewed.view)


RULES = Operation(
    "/rules",
    "How every rule behaves",
    _rules,
    document=RuleListDocument,
    parameters=_List,
    is_figures=True,
)
RULE = Operation(
    "/rules/{id}",
    "One rule, how it behaved in the last 90 days, and what it found lately",
    _rule,
    document=RuleDetailDocument,
    parameters=ById,
)
