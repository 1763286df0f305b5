"""/articles/N: one article, what every rule says of it, its story, and what became of it."""

from collections.abc import Iterator
from dataclasses import replace

from watchdesk.digests.rendering.sanitising import safe_link
from watchdesk.documents.article_views import view_article
from watchdesk.documents.marked_text import Place, blocks, places_in, title_marks
from watchdesk.documents.rule_answers import PATIENCE, Answers
from watchdesk.model import Article, Judgement, Label, LabelledBy
from watchdesk.ports import Store
from watchdesk.rules import Explanation
from watchdesk.web.asked import Asked, Elsewhere, Refusal, absent, number_of
from watchdesk.web.playground.messages import AskRule, AskRules, RuleSays, RulesSay
from watchdesk.web.routes import Page, Values
from watchdesk.web.rules_asked import EDITED, CannotTell, ask

_JUDGEMENTS = (
    (Judgement.RIGHT, "More like this"),
    (Judgement.MENTION, "Only a mention"),
    (Judgement.WRONG, "Not this"),
)
_MOST_REMOVED = 200
"""Lines of clutter that are shown."""
_FOUND_BEFORE = "Below is what rules found when they were last asked."


def _show(asked: Asked) -> Values:
    chosen, others_from = asked.query.get("rule"), asked.query.get("others")
    rules = asked.configured.rules
    if chosen:
        asked.rule(chosen)
    with asked.desk.reading() as store:
        number = stored_article(store, asked.at["id"]).id or 0
    answers, explanation, note = _rules_say(asked, number, chosen, others_from)
    with asked.desk.reading() as store:
        article = stored_article(store, asked.at["id"])
        said = {label.rule_id: label for label in store.labels_of(article.id or 0)}
        places = list(_places(explanation, answers))
        answers = answers or _found_before(asked, store, number)
        view = view_article(asked.configured, store, article, answers, asked.now)
    source = asked.configured.settings.sources.get(article.source_id)
    return {
        "article": article,
        "view": view,
        "answers": answers,
        "explanation": explanation,
        "note": note,
        "title_marks": title_marks(places),
        "blocks": list(blocks(article, places)),
        "link": safe_link(article.url),
        "source": source.name if source else article.source_id,
        "removed": article.removed[:_MOST_REMOVED],
        "more_removed": len(article.removed) - _MOST_REMOVED,
        "shows_others": others_from is not None,
        "labels": rules.labels,
        "said": said,
        "judgements": _JUDGEMENTS,
        "rest": len(rules.rules) - len(answers.matches),
    }


def _label(asked: Asked) -> Elsewhere:
    rule = asked.rule(asked.form.get("rule", ""))
    given = asked.form.get("judgement", "")
    if given not in list(Judgement):
        raise Refusal(400, f"'{given}' is no label.")
    with asked.desk.writing() as store:
        article = stored_article(store, asked.at["id"])
        label = Label(
            rule.id, article.id or 0, Judgement(given), asked.now, LabelledBy.PAGE, article.content_hash
        )
        store.label(label)
    return Elsewhere(f"/articles/{article.id}")


def stored_article(store: Store, number: str) -> Article:
    """The article with this number. Raises `Refusal`."""
    article_id = number_of(number)
    article = None if article_id is None else store.article(article_id)
    if article is None:
        raise absent(f"article {number}")
    return article


def answers_in_force(asked: Asked, answers: Answers) -> Answers:
    """Without rules that are in the files and not in force."""
    labels = asked.configured.rules.labels
    return replace(answers, matches=[one for one in answers.matches if one[0].id in labels])


def _rules_say(
    asked: Asked, number: int, chosen: str | None, others_from: str | None
) -> tuple[Answers | None, Explanation | None, str | None]:
    """What all rules say, what the chosen one says, and a note on it; None: it cannot be told."""
    request = AskRules(number, others_from, others_from is not None, PATIENCE)
    try:
        said = ask(asked, request, RulesSay)
        explanation = ask(asked, AskRule(chosen, number), RuleSays).explanation if chosen else None
    except CannotTell as error:
        return None, None, f"{error.detail} {_FOUND_BEFORE}"
    note = None if said.version == asked.configured.rules.version else EDITED
    return answers_in_force(asked, said.answers), explanation, note


def _found_before(asked: Asked, store: Store, number: int) -> Answers:
    labels, found = asked.configured.rules.labels, [one.match for one in store.matches(number)]
    return Answers([(labels[match.rule], match) for match in found if match.rule in labels], (), (), None, 0)


def _places(explanation: Explanation | None, answers: Answers | None) -> Iterator[Place]:
    if explanation:
        yield from places_in(explanation)
        return
    for _, match in answers.matches if answers else ():
        yield from ((span.field, span.start, span.end) for span in match.spans)


PAGE = Page("/articles/{id}", "article.html.j2", _show, change=_label)
