"""The state of a source after each response: validators, redirects, failures, back-off. Pure.

`learning` adds what the documents teach, and when to poll again.
"""

import hashlib
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any, assert_never

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
    SourceSummary,
    Throttled,
    Validators,
    without_body,
)
from watchdesk.sources.web.backoff import LONGEST
from watchdesk.sources.web.locations import without_login

MOVED_AFTER = 3
"""Polls in a row that must end at the same new address before it replaces the old one."""
_STAYED: dict[str, Any] = {"moved_to": None, "moved_polls": 0}


def body_hash(body: bytes) -> str:
    """A hash by which an unchanged body is recognised, for servers that send no validators."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def valid_state(source: Source, state: SourceState) -> SourceState:
    """The state as far as it is valid for the source as configured: empty if another address was polled.

    Validators, redirects, the body's hash, even that a publisher gave up: all of it belongs to an address.
    """
    if not is_about(source, state.url):
        return SourceState(source.id)
    return state if state.selected == _selected(source) else to_be_read_again(state)


def is_about(source: Source, url: str | None) -> bool:
    """Whether a state with this `url` belongs to the source as configured.

    None counts: it is from a version that did not store addresses.
    """
    return url in (None, source.url) or url == _storable_address(source)


def to_be_read_again(state: SourceState) -> SourceState:
    """The state without validators, so that the next response is read even if the document is unchanged."""
    return replace(state, etag=None, last_modified=None, body_hash=None)


def validators_of(answer: Fetched) -> Validators:
    """What makes the next request conditional, and an unchanged body recognisable."""
    return Validators(answer.headers.get("etag"), answer.headers.get("last-modified"), body_hash(answer.body))


def has_moved(state: SourceState | SourceSummary) -> bool:
    """Whether permanent redirects have lasted long enough to be trusted.

    RFC 9110 §15.4.2 and §15.4.9 let a client remember them; a server's mistake or a hotel's network is over
    before that.
    """
    return state.moved_to is not None and state.moved_polls >= MOVED_AFTER


def address_of(source: Source, state: SourceState) -> str:
    """The address to ask: the configured one, or where it has moved to."""
    known = valid_state(source, state)
    return known.moved_to if known.moved_to and has_moved(known) else source.url


def remember(source: Source, state: SourceState, outcome: FetchOutcome, now: datetime) -> SourceState:
    """The source's new state; `learning` decides when to poll it again.

    Only the validators of a body that was read are kept: after a failure the next request repeats the old
    ones, so that a document which could not be read is fetched again (RFC 9110 §13.1).
    """
    known = valid_state(source, state)
    changes = _changes(known, _storable_address(source), outcome, now)
    return replace(known, url=_storable_address(source), selected=_selected(source), **changes)


def _changes(state: SourceState, url: str, outcome: FetchOutcome, now: datetime) -> dict[str, Any]:
    """What an outcome changes in the state of a source with this address, by field: in one go, for copying a
    state takes longer than all else here.
    """
    polled: dict[str, Any] = {"last_attempt": now, "held_until": None}
    good = {"last_success": now, "failures": 0, "error": None, "gone": False}
    match outcome:
        case Held():
            return {"error": clean(without_body(outcome))}
        case Fetched():
            read = {
                "etag": outcome.headers.get("etag"),
                "last_modified": outcome.headers.get("last-modified"),
                "body_hash": body_hash(outcome.body),
                "status": outcome.status,
            }
            return polled | _moved(state, url, outcome.moved_to) | good | read
        case NotModified():
            return polled | _moved(state, url, outcome.moved_to) | good | {"status": outcome.status}
        case Gone():
            reason = "the publisher says that this feed is gone for good; remove it, or find its new address"
            return polled | _STAYED | {"gone": True} | _failed(state, reason, outcome.status)
        case Throttled():
            held = now + min(outcome.after, LONGEST) if outcome.after else None
            until = f", and not before {held:%Y-%m-%d %H:%M} UTC" if held else ""
            reason = f"{without_body(outcome)}{until}"
            return polled | {"held_until": held} | _failed(state, reason, outcome.status)
        case Failed():
            lost = outcome.status == HTTPStatus.NOT_FOUND
            return polled | (_STAYED if lost else {}) | _failed(state, outcome.reason, outcome.status)
        case _:
            assert_never(outcome)


def _selected(source: Source) -> str | None:
    return repr(source.select) if source.select else None


def _storable_address(source: Source) -> str:
    """The configured address as it may be stored: without its login."""
    if "@" not in source.url:
        return source.url
    try:
        return without_login(source.url)
    except ValueError:  # not an address, so it cannot be requested either
        return source.url


def _moved(state: SourceState, url: str, moved_to: str | None) -> dict[str, Any]:
    if moved_to in (None, url):
        return _STAYED
    polls = state.moved_polls + 1 if moved_to == state.moved_to else 1
    return {"moved_to": moved_to, "moved_polls": polls}


def _failed(state: SourceState, reason: str, status: int | None) -> dict[str, Any]:
    return {"failures": state.failures + 1, "error": clean(reason), "status": status}
