"""Removes what belongs to the site and not to the article: elements of a page, then lines from the end.

Lines are removed only from the end, so that a story about copyright keeps its text. The patterns of such
lines are in `clutter_lines`.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import count

from lxml import etree

from watchdesk.articles.clutter_lines import is_clutter, opens_related
from watchdesk.articles.elements import Element, body_of
from watchdesk.articles.lines import Kind, Line
from watchdesk.articles.plain import one_line

_TAGS = frozenset(("script", "style", "nav", "amp-consent", "amp-ad", "amp-sidebar", "amp-social-share"))
_ALWAYS_SUSPECT = _TAGS | {"footer"}
_ROLES = frozenset(("navigation", "dialog", "alertdialog"))
_KNOWN = frozenset(
    (
        "amp-mobile-version-switcher",  # WordPress's AMP plugin: by its id, for its words are translated
        "post-share",
        "sharedaddy",
        "jp-relatedposts",
        "addtoany_share_save_container",
        "heateor_sss_sharing_container",
        "ssba",
        "yarpp",
        "cookie-law-info-bar",
        "onetrust-consent-sdk",
        "CybotCookiebotDialog",
        "disqus_thread",
    )
)
"""Ids and classes that publishing systems and their plugins give to their own elements."""
_NAMED = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|shares?bar|social|related|recommended|newsletter|subscribe|cookies?|"
    r"consent|gdpr|"
    r"comments?|respond|breadcrumbs?|outbrain|taboola|promo|advert|advertisement)(?:[\s_-]|$|s\b)",
    re.IGNORECASE,
)
_MAY_BE_NAMED = re.compile(
    "shar|social|relat|recommend|newsletter|subscribe|cookie|consent|gdpr|comment|respond|breadcrumb|outbrain|"
    "taboola|promo|advert"
)
"""What is in all of these; `re` finds it far faster."""
_COMMENTS = re.compile(r"comment|respond|cookie|consent", re.IGNORECASE)
_PROSE = 120
"""Characters of a paragraph that is running text."""
_NEVER = frozenset(("html", "body", "main", "article", "head", "h1"))
_MOST_SHARE = 0.3
"""Share of the page's text: an element that holds more is not clutter, whatever its name."""
_MOST = 0.5
_MOST_MEASURED = 200
_LONGEST_TEASER = 160
_LONGEST_LIST = 16


def remove_structure(page: Element) -> tuple[str, ...]:
    """Removes clutter from the tree. Returns the lines in it that are clutter wherever they stand."""
    body = body_of(page)
    whole = len(body.text_content())
    known, named = _suspects(body)
    removed = _pruned(known, lambda element: not _is_most(element, whole))
    measured = count()

    def is_clutter_by_name(element: Element) -> bool:
        return next(measured) < _MOST_MEASURED and not _may_hold_article(element, whole)

    left = [element for element in named if body in element.iterancestors()]
    removed += _pruned(left, is_clutter_by_name)
    return tuple(dict.fromkeys(removed))


def _suspects(body: Element) -> tuple[list[Element], list[Element]]:
    """The elements that are clutter if they are not most of a page, and those that are by their names."""
    known: list[Element] = []
    named: list[Element] = []
    for element in body.iterdescendants(etree.Element):
        tag, get = element.tag, element.get
        name, classes, role = get("id"), get("class"), get("role")
        if (name or classes or role or tag in _ALWAYS_SUSPECT) and tag not in _NEVER:
            if _is_known_clutter(tag, name, classes, role):
                known.append(element)
            if _is_named_clutter(element, name, classes):
                named.append(element)
    return known, named


def _is_most(element: Element, whole: int) -> bool:
    """Whether an element of a clutter's name holds most of the page: some put all of it into a dialog."""
    return len(element) > 0 and len(element.text_content()) > _MOST * whole


def _pruned(suspects: Sequence[Element], judge: Callable[[Element], bool]) -> list[str]:
    """Removes every suspect, in reading order, that `judge` calls clutter, and does not look into it."""
    doomed: set[Element] = set()
    for element in suspects:
        if doomed.isdisjoint(element.iterancestors()) and judge(element):
            doomed.add(element)
    return [line for element in suspects if element in doomed for line in take_out(element)]


def take_out(element: Element) -> list[str]:
    """Removes an element from its tree; the lines in it that are clutter wherever they stand."""
    lines = [one_line(text) for text in element.itertext() if text.strip()]
    element.drop_tree()
    return [line for line in lines if is_clutter(line)]


def without_tail(lines: Sequence[Line]) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The lines up to the article's last one, and the clutter after it."""
    end = len(lines)
    while end:
        start = _clutter_start(lines, end)
        if start == end:
            break
        end = start
    return tuple(lines[:end]), tuple(line.text for line in lines[end:])


def _clutter_start(lines: Sequence[Line], end: int) -> int:
    """Where the clutter that ends at `end` begins; `end` itself if there is none."""
    if is_clutter(lines[end - 1].text) or _heads_nothing(lines, end):
        return end - 1
    for start in range(end - 1, max(end // 2, end - _LONGEST_LIST), -1):
        if opens_related(lines[start].text):
            return start
        if not _is_teaser(lines[start]):
            break
    return end


def _heads_nothing(lines: Sequence[Line], end: int) -> bool:
    """Whether the last line is a heading, below which something was taken out; no text ends in one."""
    return lines[end - 1].kind is Kind.HEADING and any(
        line.kind is not Kind.HEADING for line in lines[: end - 1]
    )


def _is_teaser(line: Line) -> bool:
    """Whether a line could be the title of another article in a list."""
    return line.kind is Kind.HEADING or (
        len(line.text) <= _LONGEST_TEASER and not line.text.endswith((".", "!"))
    )


def _may_hold_article(element: Element, whole: int) -> bool:
    """Whether an element holds too much of the page, or too much running text, to be clutter."""
    if len(element.text_content()) >= _MOST_SHARE * whole or element.find(".//h1") is not None:
        return True
    paragraphs = (len(paragraph.text_content()) for paragraph in element.iter("p"))
    return not _COMMENTS.search(_names(element)) and sum(p for p in paragraphs if p > _PROSE) > 2 * _PROSE


def _is_known_clutter(tag: str, name: str | None, classes: str | None, role: str | None) -> bool:
    if tag in _TAGS or role in _ROLES or name in _KNOWN:
        return True
    return classes is not None and _is_known_class(classes)


@lru_cache(4096)
def _is_known_class(classes: str) -> bool:
    return not _KNOWN.isdisjoint(classes.split())


def _is_named_clutter(element: Element, name: str | None, classes: str | None) -> bool:
    if element.tag == "footer":
        return next(element.iterancestors("article", "blockquote"), None) is None
    return bool(name or classes) and _sounds_like_clutter(f"{name or ''} {classes or ''}")


@lru_cache(4096)
def _sounds_like_clutter(names: str) -> bool:
    return _MAY_BE_NAMED.search(names.lower()) is not None and _NAMED.search(names) is not None


def _names(element: Element) -> str:
    return f"{element.get('id') or ''} {element.get('class') or ''}"
