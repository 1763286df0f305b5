"""/articles/N: one article, what every rule says of it, its story, and what became of it."""

from collections.abc import Iterator
from dataclasses import replace

from watchdesk.digests.links import Opens
from watchdesk.digests.rendering.sanitising import safe_link
from watchdesk.documents.article_views import view_article
from watchdesk.documents.marked_text import Place, blocks, places_in, title_marks
from watchdesk.documents.rule_answers import PATIENCE, Answers, best_of
from watchdesk.model import Article, LabelledBy
from watchdesk.ports import Store
from watchdesk.rules import Explanation
from watchdesk.web.access.links import has_link
from watchdesk.web.asked import Asked, Elsewhere
from watchdesk.web.pages import by_link
from watchdesk.web.pages.labelling import JUDGEMENTS, TAKEN_OUT, stored_article, take_label
from watchdesk.web.playground.messages import AskRule, AskRules, RuleSays, RulesSay
from watchdesk.web.routes import Page, Values
from watchdesk.web.rules_asked import EDITED, CannotTell, ask_for_page
from watchdesk.web.workers import TooBusy

_MOST_REMOVED = 200
"""Lines of clutter that are shown."""
MOST_MATCHING = 50
"""Rules that match which are shown, the highest scores first where they are more."""
_FOUND_BEFORE = "Below is what rules found when they were last asked."


def _show(asked: Asked) -> Values:
    chosen, others_from = asked.query.get("rule"), asked.query.get("others")
    rules = asked.configured.rules
    gone = bool(chosen) and chosen not in rules.labels
    if gone and has_link(asked, Opens.ARTICLE, asked.at["id"], chosen or ""):
        chosen = None
    elif chosen:
        asked.rule(chosen)
    with asked.desk.reading() as store:
        stored = stored_article(store, asked.at["id"])
    answers, explanation, note = _rules_say(asked, stored, chosen, others_from)
    with asked.desk.reading() as store:
        article = stored_article(store, asked.at["id"])
        said = {label.rule_id: label for label in store.labels_of(article.id or 0)}
        found = answers or _found_before(asked, store, article.id or 0)
        places = list(_places(explanation, answers))
        view = view_article(asked.configured, store, article, found, asked.now)
    source = asked.configured.settings.sources.get(article.source_id)
    return {
        "article": article,
        "view": view,
        "answers": found,
        "explanation": explanation,
        "note": f"{TAKEN_OUT} {note or ''}".rstrip() if gone else note,
        "title_marks": title_marks(places),
        "blocks": list(blocks(article, places)),
        "link": safe_link(article.url),
        "source": source.name if source else article.source_id,
        "removed": article.removed[:_MOST_REMOVED],
        "more_removed": len(article.removed) - _MOST_REMOVED,
        "shows_others": others_from is not None,
        "labels": rules.labels,
        "said": said,
        "judgements": JUDGEMENTS,
        "more_matching": found.matching - len(found.matches),
        "rest": len(rules.rules) - found.matching,
    }


def _label(asked: Asked) -> Elsewhere:
    rule = asked.rule(asked.form.get("rule", ""))
    return Elsewhere(f"/articles/{take_label(asked, rule.id, LabelledBy.PAGE).id}")


def answers_in_force(asked: Asked, answers: Answers) -> Answers:
    """Without rules that are in the files and not in force."""
    labels = asked.configured.rules.labels
    return replace(answers, matches=[one for one in answers.matches if one[0].id in labels])


def _rules_say(
    asked: Asked, article: Article, chosen: str | None, others_from: str | None
) -> tuple[Answers | None, Explanation | None, str | None]:
    """What all rules say, what the chosen one says, and a note on it; None: it cannot be told."""
    number = article.id or 0
    request = AskRules(number, MOST_MATCHING, others_from, others_from is not None, PATIENCE)
    try:
        said = asked.desk.rules_said.get(
            (request, article.content_hash), asked.configured, lambda: ask_for_page(asked, request, RulesSay)
        )
        explanation = ask_for_page(asked, AskRule(chosen, number), RuleSays).explanation if chosen else None
    except CannotTell as error:
        return None, None, f"{error.detail} {_FOUND_BEFORE}"
    except TooBusy as error:
        return None, None, f"{CannotTell(str(error)).detail} {_FOUND_BEFORE}"
    note = None if said.version == asked.configured.rules.version else EDITED
    return answers_in_force(asked, said.answers), explanation, note


def _found_before(asked: Asked, store: Store, number: int) -> Answers:
    labels, found = asked.configured.rules.labels, [one.match for one in store.matches(number)]
    known = [(labels[match.rule], match) for match in found if match.rule in labels]
    return Answers(best_of(known, MOST_MATCHING), len(known), (), (), None, 0)


def _places(explanation: Explanation | None, answers: Answers | None) -> Iterator[Place]:
    if explanation:
        yield from places_in(explanation)
        return
    for _, match in answers.matches if answers else ():
        yield from ((span.field, span.start, span.end) for span in match.spans)


PAGE = Page("/articles/{id}", "article.html.j2", _show, change=_label, by_link=by_link.ARTICLE)
