"""What pages need to take a label: which there are, where one says so, and the article that is labelled."""

from watchdesk.digests.links import Opens
from watchdesk.model import Article, Judgement, Label, LabelledBy, RuleLabel
from watchdesk.ports import Store
from watchdesk.web.access.links import has_link
from watchdesk.web.asked import Asked, Refusal, absent, number_of

JUDGEMENTS = (
    (Judgement.RIGHT, "More like this"),
    (Judgement.MENTION, "Only a mention"),
    (Judgement.WRONG, "Not this"),
)


TAKEN_OUT = "This rule was taken out of the desk, or renamed, since the digest was sent."


def linked_rule(asked: Asked, rule_id: str) -> tuple[RuleLabel, bool]:
    """The rule that a digest names, and whether it is still in force: its links hold longer than some rules.

    Of one that is gone, the title is its id.
    """
    label = asked.configured.rules.labels.get(rule_id)
    return label or RuleLabel(rule_id, rule_id), label is not None


def rule_to_label(asked: Asked, rule_id: str) -> tuple[RuleLabel, bool]:
    """As `linked_rule`. Raises `Refusal` where it is gone and no link of a digest leads here."""
    label, in_force = linked_rule(asked, rule_id)
    if not in_force and not has_link(asked, Opens.LABEL, asked.at["id"], rule_id):
        raise absent(f"rule '{rule_id}'")
    return label, in_force


def stored_article(store: Store, number: str) -> Article:
    """The article with this number. Raises `Refusal`."""
    article_id = number_of(number)
    article = None if article_id is None else store.article(article_id)
    if article is None:
        raise absent(f"article {number}")
    return article


def said_of(store: Store, article: Article, rule_id: str) -> Label | None:
    """The last word on the article under this rule."""
    return next((one for one in store.labels_of(article.id or 0) if one.rule_id == rule_id), None)


def take_label(asked: Asked, rule_id: str, by: LabelledBy) -> Article:
    """Stores what a form says of the article under this rule. Raises `Refusal`."""
    given = asked.form.get("judgement", "")
    if given not in list(Judgement):
        raise Refusal(400, f"'{given}' is no label.")
    with asked.desk.writing() as store:
        article = stored_article(store, asked.at["id"])
        store.label(Label(rule_id, article.id or 0, Judgement(given), asked.now, by, article.content_hash))
    return article
