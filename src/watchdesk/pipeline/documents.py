"""A document that a source answered with → its entries, with the keys they are known by.

It is the costly step, and takes and gives values alone, so that it can run in a process of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from watchdesk import articles, sources
from watchdesk.articles import Identified
from watchdesk.model import Article, Entry, Fetched, ParsedFeed, Source


@dataclass(frozen=True, slots=True)
class Document:
    """What a document says."""

    feed: ParsedFeed
    """Without its entries, which stand in `entries`."""
    entries: tuple[Identified, ...]
    """With nothing but their keys, where they were made articles."""
    articles: tuple[Article, ...] = ()
    """The entries as articles, in their order, where that was asked for."""


_TAKEN = Entry()

Reader = Callable[[Fetched, Source, datetime | None], Document]
"""As `read_document`."""


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
