"""/articles/N: one article, what every rule says of it, its story, and what became of it."""

from collections.abc import Iterator

from watchdesk.digests.rendering.sanitising import safe_link
from watchdesk.documents.article_views import view_article
from watchdesk.documents.marked_text import Place, blocks, places_in, title_marks
from watchdesk.documents.rule_answers import Answers, answers_of
from watchdesk.errors import UsageError
from watchdesk.model import Article, Judgement, Label, LabelledBy
from watchdesk.ports import Store
from watchdesk.rules import Explanation
from watchdesk.web.asked import Asked, Elsewhere, Refusal, absent
from watchdesk.web.routes import Page, Values

_LARGEST_ID = 2**63 - 1
_JUDGEMENTS = (
    (Judgement.RIGHT, "More like this"),
    (Judgement.MENTION, "Only a mention"),
    (Judgement.WRONG, "Not this"),
)
_MOST_REMOVED = 200
"""Lines of clutter that are shown."""


def _show(asked: Asked) -> Values:
    chosen, others_from = asked.query.get("rule"), asked.query.get("others")
    with asked.desk.reading() as store:
        article = stored_article(store, asked.at["id"])
        rules = asked.configured.rules
        answers = answers_of(rules, article, others_from=others_from, shows_others=others_from is not None)
        said = {label.rule_id: label for label in store.labels_of(article.id or 0)}
        view = view_article(asked.configured, store, article, answers, asked.now)
    explanation = _explanation(asked, chosen, article) if chosen else None
    places = list(places_in(explanation) if explanation else _places(answers))
    source = asked.configured.settings.sources.get(article.source_id)
    return {
        "article": article,
        "view": view,
        "answers": answers,
        "explanation": explanation,
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
    rule = asked.form.get("rule", "")
    if rule not in asked.configured.rules.labels:
        raise absent(f"rule '{rule}'")
    given = asked.form.get("judgement", "")
    if given not in list(Judgement):
        raise Refusal(400, f"'{given}' is no label.")
    with asked.desk.writing() as store:
        article = stored_article(store, asked.at["id"])
        label = Label(
            rule, article.id or 0, Judgement(given), asked.now, LabelledBy.PAGE, article.content_hash
        )
        store.label(label)
    return Elsewhere(f"/articles/{article.id}")


def stored_article(store: Store, number: str) -> Article:
    """The article with this number. Raises `Refusal`."""
    is_number = number.isascii() and number.isdigit() and len(number) < 20 and int(number) <= _LARGEST_ID
    article = store.article(int(number)) if is_number else None
    if article is None:
        raise absent(f"article {number}")
    return article


def _explanation(asked: Asked, rule_id: str, article: Article) -> Explanation:
    try:
        return asked.configured.rules.explain(rule_id, article)
    except UsageError:
        raise absent(f"rule '{rule_id}'") from None


def _places(answers: Answers) -> Iterator[Place]:
    for _, match in answers.matches:
        yield from ((span.field, span.start, span.end) for span in match.spans)


PAGE = Page("/articles/{id}", "article.html.j2", _show, change=_label)
