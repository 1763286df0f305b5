"""The kinds of source: to add one, add a module that reads its document, and one line here."""

from collections.abc import Callable, Mapping

from watchdesk.model import Fetched, ParsedFeed, Source
from watchdesk.sources.feeds.feed import read_feed
from watchdesk.sources.listing import read_listing
from watchdesk.sources.sitemap import read_sitemap

KINDS: Mapping[str, Callable[[Fetched, Source], ParsedFeed]] = {
    "feed": read_feed,
    "sitemap": read_sitemap,
    "page": read_listing,
}
"""Kind of source → the function that reads its document; it raises `UnreadableInput`."""
