"""/articles/N/label: where a reader says of an article whether a rule should have found it.

Links in digests lead here. Opening it says nothing: mail scanners follow links, and send no forms.
"""

from watchdesk.digests.links import Opens
from watchdesk.model import LabelledBy
from watchdesk.web.access.links import has_link, links_here
from watchdesk.web.asked import Asked, Elsewhere
from watchdesk.web.pages.labelling import (
    JUDGEMENTS,
    TAKEN_OUT,
    rule_to_label,
    said_of,
    stored_article,
    take_label,
)
from watchdesk.web.routes import ByLink, Page, Values

_TEMPLATE = "label.html.j2"


def _names(asked: Asked) -> tuple[str, ...]:
    return asked.at["id"], asked.query.get("rule", "")


def _show(asked: Asked) -> Values:
    rule, in_force = rule_to_label(asked, asked.query.get("rule", ""))
    with asked.desk.reading() as store:
        article = stored_article(store, asked.at["id"])
        said = said_of(store, article, rule.id)
    links = links_here(asked)
    return {
        "article": article,
        "rule": rule,
        "gone": None if in_force else TAKEN_OUT,
        "said": said,
        "said_in_words": dict(JUDGEMENTS)[said.judgement] if said else None,
        "wanted": asked.query.get("say", ""),
        "judgements": JUDGEMENTS,
        "say_at": links.label(article.id or 0, rule.id),
        "why_at": links.why(article.id or 0, rule.id),
        "until": asked.link_until,
    }


def _say(asked: Asked) -> Elsewhere:
    rule, _ = rule_to_label(asked, asked.query.get("rule", ""))
    by = LabelledBy.LINK if has_link(asked, Opens.LABEL, *_names(asked)) else LabelledBy.PAGE
    article = take_label(asked, rule.id, by)
    return Elsewhere(links_here(asked).label(article.id or 0, rule.id))


PAGE = Page(
    "/articles/{id}/label",
    _TEMPLATE,
    _show,
    change=_say,
    by_link=ByLink(Opens.LABEL, _names, _TEMPLATE, _show, change=_say),
)
