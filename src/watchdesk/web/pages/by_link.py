"""What a signed link of a digest shows of an article and of a rule, to somebody who has no token.

Each shows that one thing, leads to nothing that asks for the token, and changes nothing.
"""

from watchdesk.digests.links import Opens
from watchdesk.digests.rendering.sanitising import safe_link
from watchdesk.documents.labels import precision_of
from watchdesk.documents.marked_text import blocks, places_in, title_marks
from watchdesk.documents.rule_view import WATCHED, found_by_day
from watchdesk.documents.sources import source_titles
from watchdesk.rules import Explanation
from watchdesk.web.access.links import links_here
from watchdesk.web.asked import Asked
from watchdesk.web.pages.labelling import (
    JUDGEMENTS,
    TAKEN_OUT,
    linked_rule,
    said_of,
    stored_article,
)
from watchdesk.web.pictures.days import Day, picture
from watchdesk.web.playground.messages import AskRule, RuleSays
from watchdesk.web.routes import ByLink, Values
from watchdesk.web.rules_asked import CannotTell, ask
from watchdesk.web.workers import TooBusy

_MARKED = "Marked is what the rule found when the article came."
_AGAIN = "Load the page again for the rest."
_ONCE_MENDED = "The rest will show once the desk's files are mended: there is a mistake in them now."


def _article(asked: Asked) -> Values:
    rule, in_force = linked_rule(asked, asked.query.get("rule", ""))
    with asked.desk.reading() as store:
        article = stored_article(store, asked.at["id"])
    explanation, note = _why(asked, rule.id, article.id or 0) if in_force else (None, None)
    with asked.desk.reading() as store:
        found = [one.match for one in store.matches(article.id or 0) if one.match.rule == rule.id]
        names = source_titles(asked.configured.settings.sources, store, {article.source_id})
        said = said_of(store, article, rule.id)
    spans = [(span.field, span.start, span.end) for match in found for span in match.spans]
    places = list(places_in(explanation)) if explanation else spans
    return {
        "article": article,
        "rule": rule,
        "gone": None if in_force else TAKEN_OUT,
        "is_marked": bool(places),
        "source": names.get(article.source_id, article.source_id),
        "link": safe_link(article.url),
        "explanation": explanation,
        "note": note,
        "title_marks": title_marks(places),
        "blocks": list(blocks(article, places)),
        "judgements": JUDGEMENTS,
        "said": said,
        "say_at": links_here(asked).label(article.id or 0, rule.id),
        "until": asked.link_until,
    }


def _why(asked: Asked, rule_id: str, number: int) -> tuple[Explanation | None, str | None]:
    """What the rule says, and a note where that cannot be told."""
    try:
        with asked.desk.link_turns.taken():
            return ask(asked, AskRule(rule_id, number), RuleSays).explanation, None
    except CannotTell as error:
        return None, f"{_MARKED} {_ONCE_MENDED if error.of_files else _AGAIN}"
    except TooBusy:
        return None, f"{_MARKED} {_AGAIN}"


def _rule(asked: Asked) -> Values:
    label, in_force = linked_rule(asked, asked.at["id"])
    rule = asked.rule(label.id) if in_force else label
    with asked.desk.reading() as store:
        days = found_by_day(rule.id, store, asked.now, asked.zone)
        said = precision_of(rule.id, store)
        silences = [one for one in store.silences(asked.now) if one.rule_id == rule.id]
    return {
        "rule": rule,
        "gone": None if in_force else TAKEN_OUT,
        "total": sum(count for _, count in days),
        "watched": WATCHED.days,
        "picture": picture(
            "Articles found by day", ("articles",), [Day(day, (count,)) for day, count in days]
        ),
        "precision": said.words,
        "silences": [one for one in silences if one.until > asked.now],
        "until": asked.link_until,
    }


ARTICLE = ByLink(
    Opens.ARTICLE,
    lambda asked: (asked.at["id"], asked.query.get("rule", "")),
    "linked_article.html.j2",
    _article,
)
RULE = ByLink(Opens.RULE, lambda asked: (asked.at["id"],), "linked_rule.html.j2", _rule)
