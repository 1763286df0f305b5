"""What is remembered of a source after it answered. Pure; when to ask again is left to `pace`."""

import hashlib
from dataclasses import replace
from datetime import datetime

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
)


def body_hash(body: bytes) -> str:
    """By which a body that was served again is known, where a server knows no validators."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def as_of(source: Source, state: SourceState) -> SourceState:
    """What is remembered of the source as it is configured: nothing, once it was given another address."""
    return state if state.url in (None, source.url) else SourceState(source.id, url=source.url)


MOVED_AFTER = 3
"""Polls in a row that a permanent redirect has to hold before it is believed."""


def has_moved(state: SourceState) -> bool:
    """Whether permanent redirects have held long enough to ask at their end at once."""
    return state.moved_to is not None and state.moved_polls >= MOVED_AFTER


def validators_of(answer: Fetched) -> Validators:
    """By what the document is asked for conditionally, and known again."""
    return Validators(answer.headers.get("etag"), answer.headers.get("last-modified"), body_hash(answer.body))


def remember(source: Source, state: SourceState, outcome: FetchOutcome, now: datetime) -> SourceState:
    """The source's new state; when it is polled again is settled by `learning`.

    Validators are kept only of a body that was read: after a failure the next request repeats the
    old ones, so that a document which could not be read is asked for again (RFC 9110 §13.1).
    """
    if isinstance(outcome, Held):
        return replace(state, url=source.url)
    polled = replace(state, url=source.url, last_attempt=now)
    match outcome:
        case Fetched():
            return replace(
                polled,
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
                polled, last_success=now, status=outcome.status, failures=0, error=None, gone=False
            )
        case Gone():
            reason = "the publisher says that this feed is gone for good; remove it, or find its new address"
            return _failed(replace(polled, gone=True), reason, outcome.status)
        case Throttled():
            reason = "the server asks us to come less often"
            return _failed(polled, f"{reason} (HTTP {outcome.status})", outcome.status)
        case Failed():
            return _failed(polled, outcome.reason, outcome.status)


def _failed(state: SourceState, reason: str, status: int | None) -> SourceState:
    return replace(state, failures=state.failures + 1, error=reason, status=status)
