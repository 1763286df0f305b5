"""Removes what belongs to the site and not to the article: elements of a page, then lines from the end.

Lines are removed only from the end, so that a story about copyright keeps its text. The patterns of such
lines are in `clutter_lines`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import count

from bs4 import BeautifulSoup, Tag

from watchdesk.articles.clutter_lines import is_clutter, opens_related
from watchdesk.articles.lines import Kind, Line
from watchdesk.articles.markup import selected
from watchdesk.articles.plain import one_line

_TAGS = frozenset(("script", "style", "nav", "amp-consent", "amp-ad", "amp-sidebar", "amp-social-share"))
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
    r"(?:^|[\s_-])(?:share|sharing|shares?bar|social|related|recommended|newsletter|subscribe|cookies?|consent|gdpr|"
    r"comments?|respond|breadcrumbs?|outbrain|taboola|promo|advert|advertisement)(?:[\s_-]|$|s\b)",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"comment|respond|cookie|consent", re.IGNORECASE)
_PROSE = 120
"""Characters of a paragraph that is running text."""
_NEVER = frozenset(("html", "body", "main", "article", "head", "h1"))
_MOST_SHARE = 0.3
"""Share of the page's text: an element that holds more is not clutter, whatever its name."""
_MOST_MEASURED = 200
_LONGEST_TEASER = 160
_LONGEST_LIST = 16


def remove_structure(page: BeautifulSoup, selectors: Iterable[str]) -> tuple[str, ...]:
    """Removes clutter from the tree; `selectors` are the source's own. Returns the lines that are clutter."""
    removed: list[str] = []
    for selector in selectors:
        for element in selected(page, selector):
            removed += _take_out(element)
    removed += _pruned(page, _is_known_clutter)
    whole = len(page.get_text())
    measured = count()

    def is_named_clutter(tag: Tag) -> bool:
        return (
            _is_named_clutter(tag) and next(measured) < _MOST_MEASURED and not _may_hold_article(tag, whole)
        )

    removed += _pruned(page, is_named_clutter)
    return tuple(dict.fromkeys(removed))


def _pruned(page: BeautifulSoup, judge: Callable[[Tag], bool]) -> list[str]:
    """Removes every element that `judge` calls clutter, and does not look into it."""
    removed: list[str] = []
    waiting: list[Tag] = [page]
    while waiting:
        for child in [child for child in waiting.pop().contents if isinstance(child, Tag)]:
            if judge(child):
                removed += _take_out(child)
            else:
                waiting.append(child)
    return removed


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
    if is_clutter(lines[end - 1].text):
        return end - 1
    for start in range(end - 1, max(end // 2, end - _LONGEST_LIST), -1):
        if opens_related(lines[start].text):
            return start
        if not _is_teaser(lines[start]):
            break
    return end


def _is_teaser(line: Line) -> bool:
    """Whether a line could be the title of another article in a list."""
    return line.kind is Kind.HEADING or (
        len(line.text) <= _LONGEST_TEASER and not line.text.endswith((".", "!"))
    )


def _may_hold_article(element: Tag, whole: int) -> bool:
    """Whether an element holds too much of the page, or too much running text, to be clutter."""
    if len(element.get_text()) >= _MOST_SHARE * whole or element.find("h1"):
        return True
    paragraphs = (len(paragraph.get_text()) for paragraph in element.find_all("p"))
    return not _COMMENTS.search(_names(element)) and sum(p for p in paragraphs if p > _PROSE) > 2 * _PROSE


def _take_out(element: Tag) -> list[str]:
    lines = [one_line(text) for text in element.stripped_strings]
    element.decompose()
    return [line for line in lines if is_clutter(line)]


def _is_known_clutter(tag: Tag) -> bool:
    if tag.name in _NEVER:
        return False
    if tag.name in _TAGS or tag.get("role") in _ROLES:
        return True
    return tag.get("id") in _KNOWN or not _KNOWN.isdisjoint(tag.get("class") or ())


def _is_named_clutter(tag: Tag) -> bool:
    if tag.name == "footer":
        return tag.find_parent(("article", "blockquote")) is None
    return tag.name not in _NEVER and bool(_NAMED.search(_names(tag)))


def _names(tag: Tag) -> str:
    return " ".join([str(tag.get("id") or ""), *(tag.get("class") or [])])
