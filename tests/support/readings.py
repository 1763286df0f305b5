"""One document read by both readers of feeds, as values to compare."""

from dataclasses import asdict
from typing import Any

from watchdesk.sources.feeds.bounds import first_entries, without_prolog
from watchdesk.sources.feeds.charset import as_utf8
from watchdesk.sources.feeds.lenient import read_leniently
from watchdesk.sources.feeds.older import older_of
from watchdesk.sources.feeds.well_formed import read_well_formed
from watchdesk.sources.feeds.written import WrittenFeed, entry_of, text_of

URL = "http://127.0.0.1:8097/some/feed.xml?x=1"


def fast_reading(body: bytes) -> dict[str, Any] | None:
    """As the fast reader has it; None where it declines."""
    written = read_well_formed(_document(body), URL)
    return _comparable(written) if written else None


def lenient_reading(body: bytes) -> dict[str, Any]:
    """As feedparser has it."""
    return _comparable(read_leniently(_document(body), URL))


def _document(body: bytes) -> bytes:
    document, _ = as_utf8(body.lstrip(), "")
    return first_entries(without_prolog(document))[0]


def _comparable(written: WrittenFeed) -> dict[str, Any]:
    return {
        "entries": [asdict(entry_of(entry)) for entry in written.entries],
        "title": text_of(written.title),
        "language": text_of(written.language),
        "link": text_of(written.link),
        "older": older_of(written, URL),
        "hints": written.hints,
        "damage": written.damage,
    }
