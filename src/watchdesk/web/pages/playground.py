"""/playground: a rule that is tried while it is typed, and taken away as YAML."""

from collections.abc import Mapping

from watchdesk.web.asked import Asked
from watchdesk.web.playground.parts import parts
from watchdesk.web.playground.typed import DAYS, Typed
from watchdesk.web.rendering import render
from watchdesk.web.routes import Page, Values

LIVE = "/playground-live"
"""Where the page's script asks. As deep as the page: what it gets has the links of the page."""
SHORT, LONG = 4.0, 15.0
"""Seconds that a page may take which a browser waits for."""
MOST_RULES = 300
"""Rules that one can choose from; of more, one types the id."""


def _show(asked: Asked) -> Values:
    typed = Typed(asked.query)
    asked.desk.playground.warm()
    shown: dict[str, str] = {}
    # The cookie is of a strict kind: without it, a page of another site may have sent the browser here.
    is_ours = asked.form_cookie is not None
    if typed.has_query and is_ours:
        question = frozenset(asked.query.items())
        shown |= asked.desk.searches.get(question, asked.configured, lambda: _taken(asked, typed, "search"))
        if typed["article"]:
            shown |= _taken(asked, typed, "why")
    return _values(asked, typed, shown)


def _change(asked: Asked) -> Values:
    typed, wanted, shown = Typed(asked.form), asked.query.get("for", "search"), dict[str, str]()
    if typed.has_query:
        shown |= _taken(asked, typed, "search")
    if wanted in ("rule", "try"):
        shown |= _taken(asked, typed, wanted)
    return _values(asked, typed, shown)


def _taken(asked: Asked, typed: Typed, wanted: str) -> Mapping[str, str]:
    seconds = LONG if typed["longer"] else SHORT
    last = {part.name: part for part in parts(asked, typed, wanted, seconds, tells=False)}
    return {
        f"refused-{wanted}" if name == "refused" else name: render(
            f"playground/{name}.html.j2", asked, part.values
        )
        for name, part in last.items()
    }


def _values(asked: Asked, typed: Typed, shown: dict[str, str]) -> Values:
    labels = asked.configured.rules.labels
    return {
        "typed": typed,
        "shown": shown,
        "live": LIVE,
        "days": DAYS,
        "rules": list(labels.values()) if len(labels) <= MOST_RULES else None,
    }


PAGE = Page("/playground", "playground.html.j2", _show, name="Playground", change=_change)
