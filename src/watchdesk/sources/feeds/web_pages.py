"""Recognises a web page where a feed was expected, from its bytes, before anything parses it.

`sources.discover` looks for a site's feeds.
"""

import re
from urllib.parse import urljoin

_HTML_START = re.compile(
    rb"(?:\s+|<\?xml[^>]*>|<!--(?:(?!-->).)*-->)*+(?:<!doctype\s+html|<html[\s>])", re.I | re.S
)
_FEED_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)[\s>:]", re.I)
_LINK = re.compile(rb"<link\b[^<>]{0,4000}>", re.I)
_OF_A_FEED = re.compile(rb"\btype\s{0,20}=\s{0,20}[\"']?application/(?:rss|atom|feed)\+(?:xml|json)", re.I)
_HREF = re.compile(rb"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.I)
_LOOKED_AT = 4096


def is_web_page(body: bytes) -> bool:
    """Whether it is HTML and not a feed."""
    head = body[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf")
    return bool(_HTML_START.match(head)) and not _FEED_ROOT.search(head)


def feed_link_of(body: bytes, url: str) -> str | None:
    """The feed that a page names in its head (RSS autodiscovery), as an absolute address."""
    link = next((found[0] for found in _LINK.finditer(body) if _OF_A_FEED.search(found[0])), None)
    href = _HREF.search(link) if link else None
    if not href:
        return None
    value = next(group for group in href.groups() if group is not None)
    target: str = value.decode("utf-8", errors="replace").replace("&amp;", "&")
    return urljoin(url, target)
