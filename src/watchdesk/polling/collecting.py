"""Collects what a poll has to read: the source's document, its parts, older pages of it.

Reading a document is the costly step, and hostile input strikes there. The readers take and give only values,
so that `service` can run them in other processes. `recognising` finds what is new among the entries.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from watchdesk import articles, sources
from watchdesk.articles import Identified
from watchdesk.errors import UnreadableInput
from watchdesk.model import (
    Article,
    Entry,
    Failed,
    Fetched,
    FetchOutcome,
    Gone,
    Held,
    NotModified,
    ParsedFeed,
    Source,
    SourceState,
    Throttled,
    Validators,
    without_body,
)
from watchdesk.plan import Document, DocumentReader
from watchdesk.ports import Fetcher

Read = Callable[[Fetched], Document]
"""Reads a document of one source. Raises `UnreadableInput`."""

MOST_OLDER = 10
"""Older pages that are read to fill one gap."""
_KEYS_ALONE = Entry()
"""Stands for an entry that was made an article: nothing but its keys is needed any more."""


def read_document(answer: Fetched, source: Source, normalised_at: datetime | None) -> Document:
    """Reads what a source answered. Raises `UnreadableInput` when nothing in it can be read.

    `normalised_at`: all entries become articles first seen then. None: no entry does, for most are known.
    """
    feed = sources.KINDS[source.kind](answer, source)
    entries = articles.identify(feed)
    # Copying between processes is costly, so what is not needed any more stays behind.
    bare = replace(feed, entries=())
    if normalised_at is None:
        return Document(bare, entries)
    made = make_articles([entry.entry for entry in entries], bare, source, normalised_at)
    return Document(bare, tuple(replace(entry, entry=_KEYS_ALONE) for entry in entries), made)


def make_articles(
    entries: Sequence[Entry], feed: ParsedFeed, source: Source, now: datetime
) -> tuple[Article, ...]:
    """Articles of entries that are new, first seen `now`."""
    return articles.normalise_all(entries, feed, source, now)


def read_page(answer: Fetched, source: Source, now: datetime) -> Article:
    """The article on its own page. Raises `UnreadableInput` when the page has no text."""
    return articles.read_page(answer.body, answer.url, source, now, answer.headers.get("content-type"))


READ_HERE = DocumentReader(read_document, make_articles, read_page)
"""Reads documents in this process."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What the documents of a poll say together."""

    feed: ParsedFeed
    entries: tuple[Identified, ...]
    articles: tuple[Article, ...]
    """The first of the entries as articles, as far as reading made them."""
    parts: Mapping[str, Validators] = field(default_factory=dict)
    """By address: what the next request for each part is conditional on."""
    troubles: tuple[str, ...] = ()


def collect(
    fetcher: Fetcher, read: Read, source: Source, state: SourceState, outcome: Fetched | NotModified
) -> Collected | None:
    """The source's document with its parts; None when nothing of it has changed since `state`.

    Raises `UnreadableInput` when its own document cannot be read, or none of its parts ever could. Any other
    part that cannot be had is reported in `troubles`, and asked for again at the next poll.
    """
    own = read(outcome) if isinstance(outcome, Fetched) and _has_changed(outcome, state) else None
    if own is not None and not own.feed.parts:
        return Collected(own.feed, own.entries, own.articles)
    # All parts: what an index says of their changes is written by clocks that nobody knows.
    wanted = list(own.feed.parts if own else state.parts)
    if own is None and not wanted:
        return None
    documents = [own] if own else []
    parts, troubles = dict(state.parts), []
    for url in wanted:
        answer = fetcher.part(url, source, parts.get(url, Validators()))
        try:
            document = _part(answer, parts.get(url), read)
        except UnreadableInput as unreadable:
            troubles.append(f"its part {url} could not be read: {unreadable}")
            parts.setdefault(url, Validators())  # so that it is asked for again, whatever the index says
            continue
        if document is not None and isinstance(answer, Fetched):
            documents.append(document)
            parts[url] = sources.validators_of(answer)
    if len(troubles) == len(wanted) and not any(part.body_hash for part in state.parts.values()):
        raise UnreadableInput(troubles[0])
    if own is not None:
        parts = {url: known for url, known in parts.items() if url in own.feed.parts}
    feed = own.feed if own else ParsedFeed((), title=state.title, hints=state.hints)
    entries = tuple(entry for document in documents for entry in document.entries)
    made = tuple(article for document in documents for article in document.articles)
    return Collected(feed, entries, made, parts, tuple(troubles))


def _has_changed(answer: Fetched, state: SourceState) -> bool:
    return sources.body_hash(answer.body) != state.body_hash


def _part(answer: FetchOutcome, known: Validators | None, read: Read) -> Document | None:
    """None for a part that has not changed. Raises `UnreadableInput` for one that cannot be had."""
    match answer:
        case NotModified():
            return None
        case Fetched(body=body):
            if known and known.body_hash == sources.body_hash(body):
                return None
            document = read(answer)
            if document.feed.parts:
                raise UnreadableInput("it is an index within an index; follow it as a source of its own")
            return document
        case Gone() | Throttled() | Held() | Failed():
            raise UnreadableInput(without_body(answer))
        case _:
            assert_never(answer)


def older_entries(
    fetcher: Fetcher,
    read: Read,
    source: Source,
    newest: Collected,
    known: Callable[[Sequence[Identified]], Sequence[bool]],
) -> tuple[Sequence[Identified], bool]:
    """Entries of older pages (RFC 5005 §3, §4) up to one that is `known`, and whether one was reached.

    Reading ends at a page that cannot be had, and at one that only repeats what was read: some servers give
    the same page whatever they are asked for. Entries older than the known ones, as pages of an archive hold
    them, were there before the source was followed, and are left out.
    """
    found: list[Identified] = []
    url, asked = newest.feed.older, set[str]()
    # Not their keys: a guid may say no more of an entry than its place on the page.
    versions = {entry.entry_hash for entry in newest.entries}
    while url and url not in asked and len(asked) < MOST_OLDER:
        asked.add(url)
        answer = fetcher.part(url, source, Validators())
        try:
            document = read(answer) if isinstance(answer, Fetched) else None
        except UnreadableInput:
            document = None
        if document is None or all(entry.entry_hash in versions for entry in document.entries):
            return found, False
        are_known = known(document.entries)
        newest_first = not are_known[0]
        end = len(are_known)
        if any(are_known) and newest_first:
            end -= are_known[::-1].index(True) + 1
        found += document.entries[:end]
        if any(are_known):
            return found, True
        versions.update(entry.entry_hash for entry in document.entries)
        url = document.feed.older
    return found, False
