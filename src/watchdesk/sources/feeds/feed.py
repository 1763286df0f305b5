"""RSS, Atom, RDF, CDF and JSON Feed bytes → entries as published.

First its cost is bounded (`bounds`) and its encoding settled (`charset`). Then `well_formed` reads it if that
is certain to give what `lenient` would; else `lenient` does.
"""

from collections.abc import Mapping, Sequence

from watchdesk.config.settings import PollingSettings
from watchdesk.encoding.repair import repaired_bytes
from watchdesk.errors import UnreadableInput
from watchdesk.model import Entry, Fetched, ParsedFeed, Source
from watchdesk.sources.compressed import decompressed
from watchdesk.sources.feeds.bounds import first_entries, refuse_bombs, without_prolog
from watchdesk.sources.feeds.charset import as_utf8
from watchdesk.sources.feeds.json_feed import looks_like_json, parse_json_feed
from watchdesk.sources.feeds.lenient import read_leniently
from watchdesk.sources.feeds.mending import mended, with_links_as_text, with_text_as_html
from watchdesk.sources.feeds.older import older_of
from watchdesk.sources.feeds.web_pages import feed_link_of, is_web_page
from watchdesk.sources.feeds.well_formed import read_well_formed
from watchdesk.sources.feeds.written import WrittenFeed, entry_of, text_of

LARGEST = PollingSettings().largest
"""Bytes of a gzipped feed, decompressed."""


def read_feed(answer: Fetched, source: Source) -> ParsedFeed:  # noqa: ARG001 - a kind's form
    """As `parse`, for a server's response."""
    return parse(answer.body, answer.headers, answer.url)


def parse(body: bytes, headers: Mapping[str, str], url: str) -> ParsedFeed:
    """What the document says. Raises `UnreadableInput` if nothing in it can be read as a feed.

    `headers` are the response's, names in lower case; `url` is where the document came from.
    """
    body, complete = decompressed(body, LARGEST)
    body = body.lstrip()  # blank lines before the XML declaration are common, and break parsers
    document, *troubles = as_utf8(body, headers.get("content-type", ""))
    troubles += [] if complete else ["its gzip data breaks off, so entries may be missing"]
    if not document.strip():
        raise UnreadableInput("the server sent an empty document")
    if looks_like_json(document):
        return parse_json_feed(document, url)
    if is_web_page(document):
        found = feed_link_of(document, url)
        advice = f"; it names a feed at {found}" if found else "; give the address of its feed"
        raise UnreadableInput(f"it is a web page, not a feed{advice}")
    document, left_out = first_entries(without_prolog(document))
    refuse_bombs(document)
    written = _read(with_text_as_html(with_links_as_text(repaired_bytes(document))), url)
    entries = tuple(entry_of(entry) for entry in written.entries)
    return ParsedFeed(
        entries=entries,
        title=text_of(written.title),
        language=text_of(written.language),
        base_url=text_of(written.link) or url,
        trouble=tuple(filter(None, troubles)) + _trouble(written, entries, left_out),
        hints=written.hints,
        older=older_of(written, url),
    )


def _read(document: bytes, url: str) -> WrittenFeed:
    """Reads it with the fast reader if that is certain, perhaps only after mending; else leniently."""
    if (written := read_well_formed(document, url)) is not None:
        return written
    whole = mended(document)
    if whole != document and (written := read_well_formed(whole, url)) is not None:
        return written
    return read_leniently(whole, url)


def _trouble(written: WrittenFeed, entries: Sequence[Entry], left_out: int) -> tuple[str, ...]:
    """What is wrong with a document that could be read all the same."""
    troubles = []
    if written.damage:
        troubles.append(f"it is not well-formed XML, so entries may be missing: {written.damage}")
    if left_out:
        troubles.append(f"it has {len(entries) + left_out:,} entries, of which {len(entries):,} were read")
    missing = sum(not (entry.guid or entry.url) for entry in entries)
    if missing:
        troubles.append(f"{missing} of {len(entries)} entries have neither a guid nor a link")
    if not entries:
        troubles.append("it has no entries")
    return tuple(troubles)
