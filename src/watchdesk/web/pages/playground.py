"""/playground: a rule that is tried while it is typed, and taken away as YAML."""

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
        _take(asked, typed, "search", shown)
        if typed["article"]:
            _take(asked, typed, "why", shown)
    return _values(asked, typed, shown)


def _change(asked: Asked) -> Values:
    typed, wanted, shown = Typed(asked.form), asked.query.get("for", "search"), dict[str, str]()
    if typed.has_query:
        _take(asked, typed, "search", shown)
    if wanted in ("rule", "try"):
        _take(asked, typed, wanted, shown)
    return _values(asked, typed, shown)


def _take(asked: Asked, typed: Typed, wanted: str, shown: dict[str, str]) -> None:
    seconds = LONG if typed["longer"] else SHORT
    for part in parts(asked, typed, wanted, seconds):
        name = f"refused-{wanted}" if part.name == "refused" else part.name
        shown[name] = render(f"playground/{part.name}.html.j2", asked, part.values)


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
