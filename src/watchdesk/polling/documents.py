"""What the world sends → values: a source's document, entries that are new, an article's own page.

These are the costly steps, and hostile input strikes here. They take and give values alone, so that
they can run in a process of their own.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from watchdesk import articles, sources
from watchdesk.model import Article, Entry, Fetched, ParsedFeed, Source
from watchdesk.plan import Document, DocumentReader

_TAKEN = Entry()


def read_document(answer: Fetched, source: Source, normalised_at: datetime | None) -> Document:
    """Reads what a source answered. Raises `UnreadableInput` when nothing can be read in it.

    `normalised_at`: all entries are made articles first seen then; None: none is, for most are known.
    """
    feed = sources.KINDS[source.kind](answer, source)
    entries = articles.identify(feed)
    # What is not needed any more costs much on its way between processes.
    bare = replace(feed, entries=())
    if normalised_at is None:
        return Document(bare, entries)
    made = articles.normalise_all([entry.entry for entry in entries], bare, source, normalised_at)
    return Document(bare, tuple(replace(entry, entry=_TAKEN) for entry in entries), made)


def make_articles(
    entries: Sequence[Entry], feed: ParsedFeed, source: Source, now: datetime
) -> tuple[Article, ...]:
    """Articles of entries that are new, first seen `now`."""
    return articles.normalise_all(entries, feed, source, now)


def read_page(answer: Fetched, source: Source, now: datetime) -> Article:
    """The article of its own page. Raises `UnreadableInput` when there is no text in it."""
    return articles.read_page(answer.body, answer.url, source, now, answer.headers.get("content-type"))


READ_HERE = DocumentReader(read_document, make_articles, read_page)
"""Reads documents in this process."""
