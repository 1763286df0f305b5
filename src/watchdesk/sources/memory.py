"""What is remembered of a source after it answered. Pure; when to ask again is left to `pace`."""

import hashlib
import random
from dataclasses import replace
from datetime import datetime

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


def body_hash(body: bytes) -> str:
    """By which a body that was served again is known, where a server knows no validators."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def remember(
    source: Source, state: SourceState, outcome: FetchOutcome, now: datetime, rng: random.Random
) -> SourceState:
    """The source's new state, its next poll included.

    Validators are kept only of a body that was read: after a failure the next request repeats the
    old ones, so that a document which could not be read is asked for again (RFC 9110 §13.1).
    """
    due = next_poll(source, state, outcome, now, rng)
    if isinstance(outcome, Held):
        return replace(state, next_poll=due)
    polled = replace(state, last_attempt=now, next_poll=due)
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


def read(state: SourceState, feed: ParsedFeed, trouble: tuple[str, ...], *, new: bool) -> SourceState:
    """The state after the feed's document was read as well; `new` when it brought an unknown article."""
    return replace(
        state,
        title=feed.title or state.title,
        trouble=feed.trouble + trouble,
        last_new=state.last_attempt if new else state.last_new,
    )


def _failed(state: SourceState, reason: str, status: int | None) -> SourceState:
    return replace(state, failures=state.failures + 1, error=reason, status=status)
