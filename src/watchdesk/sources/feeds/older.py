"""Where to find a feed's older entries, which its document no longer holds. Pure.

`polling.collecting` decides how many older pages a poll reads.
"""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from watchdesk.sources.feeds.written import WrittenFeed, WrittenLink
from watchdesk.sources.web.locations import is_web_address

_RELATIONS = ("next", "prev-archive")
_PAGE = "paged"
_MOST_PAGES = 10_000


def older_of(feed: WrittenFeed, url: str) -> str | None:
    """The address of the next page (RFC 5005 §3) or archive (§4), or of WordPress's next page.

    WordPress numbers the pages of every feed with `paged`, and never links them.
    """
    if linked := _linked(feed.links, url):
        return linked
    if feed.entries and "wordpress.org" in feed.generator.lower():
        return _next_page(url)
    return None


def web_address(href: str | None, base: str) -> str | None:
    """A link as an absolute address; None if it does not lead to another document on the web."""
    try:
        target = urljoin(base, (href or "").strip())
    except ValueError:
        return None
    return target if href and is_web_address(target) and target != base else None


def _linked(links: Sequence[WrittenLink], url: str) -> str | None:
    found = (web_address(link.href, url) for relation in _RELATIONS for link in links if link.rel == relation)
    return next((target for target in found if target), None)


def _next_page(url: str) -> str | None:
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    written = next((value for name, value in pairs if name == _PAGE), "1")
    if not (written.isascii() and written.isdigit() and 0 < len(written) < 6) or int(written) >= _MOST_PAGES:
        return None
    others = [(name, value) for name, value in pairs if name != _PAGE]
    query = urlencode([*others, (_PAGE, str(int(written) + 1))])
    return urlunsplit(parts._replace(query=query, fragment=""))
