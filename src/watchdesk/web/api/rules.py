"""/api/v1/rules: what `watchdesk rules --json` prints, and one rule with what it found lately."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from watchdesk.documents.rule_list import read_rules
from watchdesk.documents.rule_view import RuleDetailDocument, read_rule, rule_detail
from watchdesk.documents.rules import HabitsDocument, RuleListDocument
from watchdesk.web.api.parameters import Cursor, Limit
from watchdesk.web.asked import Asked, absent
from watchdesk.web.paging import ranked
from watchdesk.web.routes import Operation


@dataclass(frozen=True, slots=True)
class _List:
    days: Annotated[int, Field(ge=1, le=90)] = 30
    """How far back."""
    limit: Limit = 100
    cursor: Cursor | None = None
    """The `next` of the list before."""


@dataclass(frozen=True, slots=True)
class _One:
    id: str


def _rules(asked: Asked, given: _List) -> RuleListDocument:
    def made() -> HabitsDocument:
        with asked.desk.reading() as store:
            return read_rules(asked.configured, store, asked.now, timedelta(days=given.days))

    found = asked.desk.habits.get(given.days, asked.configured, made)
    shown = ranked(found["rules"], given.limit, given.cursor, lambda _: 0, lambda one: one["rule"])
    return {**found, "rules": list(shown.rows), "next": shown.next}


def _rule(asked: Asked, given: _One) -> RuleDetailDocument:
    rule = next((one for one in asked.configured.rules.rules if one.id == given.id), None)
    if rule is None:
        raise absent(f"rule '{given.id}'")
    with asked.desk.reading() as store:
        return rule_detail(read_rule(rule, asked.configured, store, asked.now, asked.desk.zone))


RULES = Operation("/rules", "How every rule behaves", _rules, document=RuleListDocument, parameters=_List)
RULE = Operation(
    "/rules/{id}",
    "One rule, how it behaved in the last 90 days, and what it found lately",
    _rule,
    document=RuleDetailDocument,
    parameters=_One,
)
