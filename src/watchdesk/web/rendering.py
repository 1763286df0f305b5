"""Templates → HTML. All text is escaped, and no character in it steers what stands around it."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, tzinfo
from itertools import groupby
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from watchdesk.digests.rendering.sanitising import runs, safe_link
from watchdesk.documents.deliveries import state_in_words
from watchdesk.documents.rules import percent
from watchdesk.documents.words import ago, counted, day_and_time, local, span, until
from watchdesk.doors import made_once
from watchdesk.web.asked import Asked
from watchdesk.web.assets import assets

_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Control characters but the tab and the line break, those that set a direction, and what is no text."""


def harmless(value: object) -> object:
    """A text without steering characters. Names of publishers also stand in `<bdi>`, in the templates."""
    return (
        _STEERING.sub("\ufffd", value) if isinstance(value, str) and not isinstance(value, Markup) else value
    )


def render(template: str, asked: Asked, values: Mapping[str, object]) -> str:
    """A page for this request."""
    times = Times(asked.now, asked.zone)
    return (
        _environment()
        .get_template(template)
        .render(
            {
                "asked": asked,
                "address": address,
                "to": asked.to,
                "asset": lambda name: asked.to(assets()[name].address),
                "when": times.when,
                "since": times.since,
                "coming": times.coming,
                **values,
            }
        )
    )


class Times:
    """Times as a page shows them: in words, with the exact one for programs and on hovering."""

    def __init__(self, now: datetime, zone: tzinfo) -> None:
        self._now = now
        self._zone = zone

    def when(self, moment: datetime) -> Markup:
        """`today 07:00`."""
        return self._element(moment, day_and_time(moment, self._now, self._zone))

    def since(self, moment: datetime | None) -> Markup:
        """`3 min ago`."""
        return self._element(moment, ago(moment, self._now)) if moment else escape("never")

    def coming(self, moment: datetime) -> Markup:
        """`in 12 s`, `now`."""
        return self._element(moment, until(moment, self._now))

    def _element(self, moment: datetime, words: str) -> Markup:
        exact = moment.astimezone(self._zone).isoformat(timespec="seconds")
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            exact, local(moment, self._zone), words
        )


def _number(value: int) -> str:
    return f"{value:,}"


_CODE = re.compile("`([^`]+)`")


def _told(sentence: str) -> Markup:
    """A sentence for people, with a capital; what stands in backticks is shown as code.

    What is no word, such as an address, keeps its letters.
    """
    if sentence.partition(" ")[0].rstrip(":,;.").isalpha():
        sentence = sentence[:1].upper() + sentence[1:]
    parts = _CODE.split(str(harmless(sentence)))
    shown = [
        Markup("<code>{}</code>").format(part) if at % 2 else escape(part) for at, part in enumerate(parts)
    ]
    return Markup().join(shown)


def _mistakes(shown: str) -> Iterator[tuple[bool, str]]:
    """Of mistakes as `check` shows them: the sentences, and what may not wrap, a line with its caret.

    The first of each pair says whether it is such a line.
    """
    for is_line, found in groupby(shown.splitlines(), key=lambda line: line.startswith("    ")):
        if is_line:
            yield True, "\n".join(found)
        else:
            yield from ((False, line.strip()) for line in found)


def part(name: str) -> str:
    """A name as one part of a path."""
    return quote(name, safe="")


def address(path: str, **fields: str | None) -> str:
    """A path with the fields of a query that say something."""
    query = urlencode({name: value for name, value in fields.items() if value})
    return f"{path}?{query}" if query else path


_FILTERS: Mapping[str, Callable[..., object]] = {
    "counted": counted,
    "mistakes": _mistakes,
    "number": _number,
    "part": part,
    "percent": percent,
    "runs": runs,
    "safe_link": safe_link,
    "span": span,
    "state": state_in_words,
    "told": _told,
}


@made_once
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("watchdesk.web"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,  # else each use of a template looks at its file
        finalize=harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(_FILTERS)
    return environment
