"""All documents of one source that one poll reads: its own, the parts it leads to, older pages of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from watchdesk import sources
from watchdesk.articles import Identified
from watchdesk.errors import UnreadableInput
from watchdesk.model import (
    Article,
    Fetched,
    FetchOutcome,
    NotModified,
    ParsedFeed,
    Source,
    SourceState,
    Validators,
    without_body,
)
from watchdesk.plan import Document
from watchdesk.ports import Fetcher

Read = Callable[[Fetched], Document]
"""A document of this source. Raises `UnreadableInput`."""

MOST_OLDER = 10
"""Older pages that are read to fill one gap."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the documents of a poll say together."""

    feed: ParsedFeed
    entries: tuple[Identified, ...]
    articles: tuple[Article, ...]
    """The first of the entries as articles, as far as these were made while they were read."""
    parts: Mapping[str, Validators] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()


def gather(
    fetcher: Fetcher, read: Read, source: Source, state: SourceState, outcome: Fetched | NotModified
) -> Gathered | None:
    """The source's document with its parts; None when nothing of it has changed since `state`.

    Raises `UnreadableInput` when its own document cannot be read. A part that cannot be had is told, and
    asked for again at the next poll.
    """
    own = read(outcome) if isinstance(outcome, Fetched) and _is_new(outcome, state) else None
    if own is not None and not own.feed.parts:
        return Gathered(own.feed, own.entries, own.articles)
    wanted = _wanted(own, state)
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
    return Gathered(feed, entries, made, parts, tuple(troubles))


def older_entries(
    fetcher: Fetcher,
    read: Read,
    source: Source,
    newest: Gathered,
    known: Callable[[Sequence[Identified]], Sequence[bool]],
) -> tuple[Sequence[Identified], bool]:
    """Entries of older pages up to one that is `known`, and whether that was reached.

    RFC 5005 §3 and §4 name the page before; a page that cannot be had ends it, and so does one that only
    repeats what was read: some servers answer with the same page whatever they are asked for. What is older
    than the known ones, as pages of an archive hold it, was there before the source was followed.
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
        told = known(document.entries)
        newest_first = not told[0]
        end = len(told) - told[::-1].index(True) - 1 if any(told) and newest_first else len(told)
        found += document.entries[:end]
        if any(told):
            return found, True
        versions.update(entry.entry_hash for entry in document.entries)
        url = document.feed.older
    return found, False


def _is_new(answer: Fetched, state: SourceState) -> bool:
    return sources.body_hash(answer.body) != state.body_hash


def _wanted(own: Document | None, state: SourceState) -> Sequence[str]:
    """Addresses of all parts; what an index says of their changes is written by clocks that nobody knows."""
    return list(state.parts) if own is None else list(own.feed.parts)


def _part(answer: FetchOutcome, known: Validators | None, read: Read) -> Document | None:
    """None for a part that is as it was. Raises `UnreadableInput` for one that cannot be had."""
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
        case _:
            raise UnreadableInput(without_body(answer))
