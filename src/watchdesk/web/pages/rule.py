"""/rules/ID: how much a rule finds, from where, by which words; its silences; as it is written."""

from watchdesk.digests.links import Opens
from watchdesk.documents.near_rules import BUDGET, LONG, NearRule
from watchdesk.documents.rule_view import WATCHED, RuleView, read_rule
from watchdesk.documents.rules import advice, too_wide_advice
from watchdesk.documents.sources import source_titles
from watchdesk.documents.written_rules import written
from watchdesk.rules import Rule
from watchdesk.web.access.links import feed_address, has_link
from watchdesk.web.api.silences import begin
from watchdesk.web.asked import Asked, Elsewhere, Refusal, number_of
from watchdesk.web.pages import by_link
from watchdesk.web.pages.labelling import TAKEN_OUT, linked_rule
from watchdesk.web.pictures.days import Day, picture
from watchdesk.web.playground.messages import LookNear, Nearly, Viewed, ViewRule
from watchdesk.web.rendering import part
from watchdesk.web.routes import Page, Values
from watchdesk.web.rules_asked import EDITED, CannotTell, ask_for_page

MOST_PARTS = 10
"""Sources, and words, that are listed."""


def _show(asked: Asked, *, wrong: str | None = None, until: str = "") -> Values:
    label, in_force = linked_rule(asked, asked.at["id"])
    if not in_force and has_link(asked, Opens.RULE, label.id):
        raise Refusal(410, TAKEN_OUT)
    rule = asked.rule(label.id)
    far = asked.query.get("near") == "far"
    view, near, note = _asked_of_files(asked, rule, LONG if far else BUDGET)
    with asked.desk.reading() as store:
        view = view or read_rule(rule, asked.configured, store, asked.now, asked.zone)
        names = source_titles(
            asked.configured.settings.sources,
            store,
            {
                *(one.name for one in view.sources[:MOST_PARTS]),
                *(one.article.source_id for one in view.latest),
                *(one.article.source_id for one in (near.found if near else ())),
            },
        )
    remembered = asked.desk.summary().remembered
    wide = remembered.too_wide.get(rule.id) if remembered else None
    hints = [advice(view.habit, view.window), too_wide_advice(rule.id, wide) if wide else None]
    return {
        "rule": rule,
        "view": view,
        "precision": view.said.words,
        "hints": [f"`{rule.id}` {hint.removeprefix(rule.id).strip()}" for hint in hints if hint],
        "picture": picture(
            "Articles found by day", ("articles",), [Day(day, (count,)) for day, count in view.days]
        ),
        "watched": WATCHED.days,
        "sources": view.sources[:MOST_PARTS],
        "words": view.words[:MOST_PARTS],
        "near": near,
        "note": note,
        "may_look_further": not far,
        "names": names,
        "written": written(rule, asked.configured.settings.directory),
        "digests": [
            digest
            for digest in asked.configured.settings.digests.values()
            if digest.takes(rule.id, rule.tags)
        ],
        "feed": feed_address(asked, Opens.RULE_FEED, rule.id),
        "wrong": wrong,
        "until": until,
    }


def _asked_of_files(
    asked: Asked, rule: Rule, budget: float
) -> tuple[RuleView | None, NearRule | None, str | None]:
    """What it found and nearly found, and what is to be known of that; None: it cannot be told."""
    try:
        viewed = ask_for_page(asked, ViewRule(rule.id, asked.now), Viewed)
        near = asked.desk.near_misses.get(
            (rule.id, budget),
            asked.configured,
            lambda: ask_for_page(asked, LookNear(rule.id, asked.now, budget), Nearly).near,
        )
    except CannotTell as error:
        return None, None, error.detail
    return viewed.view, near, None if viewed.version == asked.configured.rules.version else EDITED


def _change(asked: Asked) -> Values | Elsewhere:
    rule, form = asked.rule(asked.at["id"]), asked.form
    until = form.get("until", "").strip()
    with asked.desk.writing() as store:
        if "end" in form:
            store.end_silence(number_of(form["end"]) or 0, asked.now)
        else:
            try:
                begin(asked, store, rule.id, until)
            except Refusal as refusal:
                return _show(asked, wrong=refusal.detail.removeprefix("until: "), until=until)
    return Elsewhere(f"/rules/{part(rule.id)}")


PAGE = Page("/rules/{id}", "rule.html.j2", _show, change=_change, by_link=by_link.RULE)
