"""POST /api/v1/labels: what somebody says of an article under a rule."""

from dataclasses import dataclass

from watchdesk.documents.labels import LabelDocument, label_document
from watchdesk.model import Judgement, Label, LabelledBy
from watchdesk.web.api.parameters import Number
from watchdesk.web.asked import Asked
from watchdesk.web.pages.labelling import stored_article
from watchdesk.web.routes import Operation


@dataclass(frozen=True, slots=True)
class _Label:
    rule: str
    """The id of a rule."""
    article: Number
    judgement: Judgement
    """right; mention: it only mentions what the rule is about; wrong."""


def _label(asked: Asked, given: _Label) -> LabelDocument:
    rule = asked.rule(given.rule)
    with asked.desk.writing() as store:
        article = stored_article(store, str(given.article))
        label = Label(
            rule.id, given.article, given.judgement, asked.now, LabelledBy.API, article.content_hash
        )
        store.label(label)
    return label_document(label)


LABEL = Operation(
    "/labels",
    "Say of an article whether a rule should have found it; the last word counts",
    _label,
    document=LabelDocument,
    body=_Label,
    changes=True,
)
