"""What is remembered of a source after it answered. Pure; when to ask again is left to `pace`."""

import hashlib
import random
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from watchdesk.model import (
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
)
from watchdesk.pace import next_poll
from watchdesk.sources.holds import LONGEST
from watchdesk.sources.locations import without_login

MOVED_AFTER = 3
"""Polls in a row that must end at the same new address before it is asked in the old one's stead."""


def body_hash(body: bytes) -> str:
    """By which a body that was served again is known, where a server knows no validators."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def as_of(source: Source, state: SourceState) -> SourceState:
    """What is remembered of the source as it is configured: nothing, where another address was polled.

    Validators, moves, the body's hash, even that a publisher gave up: all of it is about an address.
    """
    if state.url in (None, source.url) or state.url == _told_address(source):
        return state
    return SourceState(source.id)


def address_of(source: Source, state: SourceState) -> str:
    """The address to ask: the configured one, or where it moved to, once that has held for a while.

    RFC 9110 §15.4.2 and §15.4.9 let a client remember a permanent redirect; a mistake of a server,
    or a hotel's network, passes before it is believed.
    """
    known = as_of(source, state)
    return known.moved_to if known.moved_to and known.moved_polls >= MOVED_AFTER else source.url


def remember(
    source: Source, state: SourceState, outcome: FetchOutcome, now: datetime, rng: random.Random
) -> SourceState:
    """The source's new state, its next poll included.

    Validators are kept only of a body that was read: after a failure the next request repeats the
    old ones, so that a document which could not be read is asked for again (RFC 9110 §13.1).
    """
    known = replace(as_of(source, state), url=_told_address(source))
    due = next_poll(source, known, outcome, now, rng)
    if isinstance(outcome, Held):
        return replace(known, next_poll=due)
    polled = replace(known, last_attempt=now, next_poll=due, held_until=None)
    match outcome:
        case Fetched():
            return replace(
                _moved(polled, outcome.moved_to),
                etag=outcome.headers.get("etag"),
                last_modified=outcome.headers.get("last-modified"),
                body_hash=body_hash(outcome.body),
                last_success=now,
                status=outcome.status,
                failures=0,
                error=None,
                gone=False,
            )
        case NotModified():
            return replace(
                _moved(polled, outcome.moved_to),
                last_success=now,
                status=outcome.status,
                failures=0,
                error=None,
                gone=False,
            )
        case Gone():
            reason = "the publisher says that this feed is gone for good; remove it, or find its new address"
            return _failed(replace(_moved(polled, None), gone=True), reason, outcome.status)
        case Throttled():
            reason = "the server asks us to come less often"
            held = replace(polled, held_until=now + min(outcome.after, LONGEST) if outcome.after else None)
            return _failed(held, f"{reason} (HTTP {outcome.status})", outcome.status)
        case Failed():
            lost = outcome.status == HTTPStatus.NOT_FOUND
            return _failed(_moved(polled, None) if lost else polled, outcome.reason, outcome.status)


def read(state: SourceState, feed: ParsedFeed, trouble: tuple[str, ...], *, new: bool) -> SourceState:
    """The state after the feed's document was read as well; `new` when it brought an unknown article."""
    return replace(
        state,
        title=feed.title or state.title,
        trouble=feed.trouble + trouble,
        last_new=state.last_attempt if new else state.last_new,
    )


def _told_address(source: Source) -> str:
    """The configured address as it may be written down: without the login that it may hold."""
    if "@" not in source.url:
        return source.url
    try:
        return without_login(source.url)
    except ValueError:  # it is no address, and cannot be asked for either
        return source.url


def _moved(state: SourceState, moved_to: str | None) -> SourceState:
    if moved_to in (None, state.url):
        return replace(state, moved_to=None, moved_polls=0)
    polls = state.moved_polls + 1 if moved_to == state.moved_to else 1
    return replace(state, moved_to=moved_to, moved_polls=polls)


def _failed(state: SourceState, reason: str, status: int | None) -> SourceState:
    return replace(state, failures=state.failures + 1, error=reason, status=status)
