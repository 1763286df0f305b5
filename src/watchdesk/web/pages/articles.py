"""/articles: the archive by the rule language, the newest first."""

from watchdesk.web.asked import Asked
from watchdesk.web.routes import Page, Values
from watchdesk.web.searching import SEARCHING, NotUnderstood, cursor_of, typed_in

ROWS = 50
AGES = (("", "any time"), ("24h", "24 hours"), ("7d", "7 days"), ("30d", "30 days"), ("90d", "90 days"))
"""What the page offers; any other age can be in its address."""


def _show(asked: Asked) -> Values:
    typed = typed_in(asked.query)
    found, wrong = None, None
    try:
        found = SEARCHING.search(asked, typed, ROWS)
    except NotUnderstood as error:
        wrong = str(error)
    ages = AGES if typed.since in dict(AGES) else (*AGES, (typed.since, typed.since))
    return {
        "typed": typed,
        "ages": ages,
        "found": found,
        "wrong": wrong,
        "next": cursor_of(found.next) if found else None,
        "names": {name: source.name for name, source in asked.configured.settings.sources.items()},
    }


PAGE = Page("/articles", "articles.html.j2", _show, name="Articles")
