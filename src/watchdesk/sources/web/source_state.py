"""What is remembered of a source after it answered. Pure; when to ask again is left to `scheduling`."""

import hashlib
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import assert_never

from watchdesk.encoding.repair import clean
from watchdesk.model import (
    Failed,
    Fetched,
    FetchOutcome,
    Gone,
    Held,
    NotModified,
    Source,
    SourceState,
    Throttled,
    Validators,
    without_body,
)
from watchdesk.sources.web.backoff import LONGEST
from watchdesk.sources.web.locations import without_login

MOVED_AFTER = 3
"""Polls in a row that must end at the same new address before it is asked in the old one's stead."""


def body_hash(body: bytes) -> str:
    """By which a body that was served again is known, where a server knows no validators."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def valid_state(source: Source, state: SourceState) -> SourceState:
    """What is remembered of the source as it is configured: nothing, where another address was polled.

    Validators, moves, the body's hash, even that a publisher gave up: all of it is about an address.
    """
    if not is_about(source, state.url):
        return SourceState(source.id)
    return state if state.selected == _selected(source) else to_be_read_again(state)


def is_about(source: Source, url: str | None) -> bool:
    """Whether what is remembered of an address is about the source as it is configured.

    None: of a time when addresses were not written down; it counts.
    """
    return url in (None, source.url) or url == _storable_address(source)


def to_be_read_again(state: SourceState) -> SourceState:
    """The state by which the next answer is read, though the document may be as it was."""
    return replace(state, etag=None, last_modified=None, body_hash=None)


def validators_of(answer: Fetched) -> Validators:
    """By what the document is asked for conditionally, and known again."""
    return Validators(answer.headers.get("etag"), answer.headers.get("last-modified"), body_hash(answer.body))


def has_moved(state: SourceState) -> bool:
    """Whether permanent redirects have held for long enough to be believed.

    RFC 9110 §15.4.2 and §15.4.9 let a client remember them; a mistake of a server, or a hotel's network,
    passes before that.
    """
    return state.moved_to is not None and state.moved_polls >= MOVED_AFTER


def address_of(source: Source, state: SourceState) -> str:
    """The address to ask: the configured one, or where it has moved to."""
    known = valid_state(source, state)
    return known.moved_to if known.moved_to and has_moved(known) else source.url


def remember(source: Source, state: SourceState, outcome: FetchOutcome, now: datetime) -> SourceState:
    """The source's new state; when it is polled again is settled by `learning`.

    Validators are kept only of a body that was read: after a failure the next request repeats the
    old ones, so that a document which could not be read is asked for again (RFC 9110 §13.1).
    """
    known = replace(valid_state(source, state), url=_storable_address(source), selected=_selected(source))
    if isinstance(outcome, Held):
        return replace(known, error=clean(without_body(outcome)))
    polled = replace(known, last_attempt=now, held_until=None)
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
            held = replace(polled, held_until=now + min(outcome.after, LONGEST) if outcome.after else None)
            until = f", and not before {held.held_until:%Y-%m-%d %H:%M} UTC" if held.held_until else ""
            return _failed(held, f"{without_body(outcome)}{until}", outcome.status)
        case Failed():
            lost = outcome.status == HTTPStatus.NOT_FOUND
            return _failed(_moved(polled, None) if lost else polled, outcome.reason, outcome.status)
        case _:
            assert_never(outcome)


def _selected(source: Source) -> str | None:
    return repr(source.select) if source.select else None


def _storable_address(source: Source) -> str:
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
    return replace(state, failures=state.failures + 1, error=clean(reason), status=status)
