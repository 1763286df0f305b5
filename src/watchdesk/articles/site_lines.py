"""What a site says of itself by its name in an article's text: where it appeared, what else it has. Pure.

Whole lines at the end that say so are in `clutter_lines`; here the site's name or the title must bear it out.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from watchdesk.articles.clutter_lines import APPEARED_FIRST, POST
from watchdesk.articles.headlines import site_key
from watchdesk.articles.lines import Kind, Line
from watchdesk.articles.plain import folded

_BEGINS = re.compile(rf"(?<=[.!?…。\])”\"»’)])\s+(?={POST} )", re.IGNORECASE)
"""Between a sentence and one that may say where the article appeared."""
_ORIGIN = re.compile(
    rf"{POST} (?P<title>.{{1,300}}?) {APPEARED_FIRST} (?P<site>.{{1,120}}?)[\s.]*", re.IGNORECASE
)
_ELSEWHERE = re.compile(
    r"(?:also|previously|earlier|more|elsewhere) (?:on|in|from|at) (?P<site>[^:|–—]{2,60}?)\s*"
    r"(?:[:|–—].{0,200})?",
    re.IGNORECASE,
)
_IN_CAPITALS = re.compile(
    r"(?:ALSO|PREVIOUSLY|EARLIER|MORE|ELSEWHERE) (?:ON|IN|FROM|AT) (?P<site>(?:[^\sa-z]+(?:\s+|$))+)"
)
"""A label that only its type parts from the headline after it."""
_LONGEST_LABEL = 260
_NEXT_SENTENCE = re.compile(r"[.!?]\s")
_LONGEST = 450
_SHORTEST_TITLE = 12
"""Characters of the beginning of a title that cannot be another's by chance."""


def without_origin(
    lines: Sequence[Line], title: str, site_names: Collection[str]
) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The lines without the last one's last sentence, if that says where the article appeared; and it.

    `The post Ministers meet appeared first on The Paper.`: it must name the article's title or the site.
    """
    last = lines[-1] if lines else None
    if last is None or last.kind is Kind.HEADING:
        return tuple(lines), ()
    for gap in _BEGINS.finditer(last.text, max(0, len(last.text) - _LONGEST)):
        sentence = last.text[gap.end() :]
        if _says_origin(sentence, title, site_names):
            return (*lines[:-1], replace(last, text=last.text[: gap.start()])), (sentence,)
    return tuple(lines), ()


def _says_origin(sentence: str, title: str, site_names: Collection[str]) -> bool:
    found = _ORIGIN.fullmatch(sentence)
    if found is None:
        return False
    if site_key(found["site"]) in {site_key(name) for name in site_names}:
        return True
    named, whole = folded(found["title"]), folded(title)
    names_article = named == whole or (len(named) >= _SHORTEST_TITLE and whole.startswith(named))
    return names_article and _NEXT_SENTENCE.search(found["site"]) is None


def without_elsewhere(
    lines: Sequence[Line], site_names: Collection[str]
) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The lines without those that lead to other articles by the site's name: `Also on The Paper: ...`."""
    sites = {site_key(name) for name in site_names}
    removed = tuple(line.text for line in lines if _leads_elsewhere(line.text, sites))
    if not removed:
        return tuple(lines), ()
    return tuple(line for line in lines if not _leads_elsewhere(line.text, sites)), removed


def _leads_elsewhere(text: str, sites: Collection[str]) -> bool:
    if len(text) > _LONGEST_LABEL:
        return False
    found = _ELSEWHERE.fullmatch(text)
    if found is not None and site_key(found["site"]) in sites:
        return True
    label = _IN_CAPITALS.match(text)
    if label is None:
        return False
    words = label["site"].split()
    return any(site_key(" ".join(words[:end])) in sites for end in range(1, len(words) + 1))
