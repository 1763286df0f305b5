"""Sources that are gone, that have failed for long, or that have moved for good. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from watchdesk.model import Source, SourceState, Trouble

NIGHT = timedelta(days=1)
"""A source that has worked is given a day before its failing is reported: servers have bad nights."""
SILENT = timedelta(days=2)
"""A source that was not read for so long is not well, even where it was never asked: its host was held."""
PATIENCE = 3
"""Polls that fail in a row before a source counts as unhealthy: one lost answer is no news, and three at
growing intervals are."""


@dataclass(frozen=True, slots=True)
class SourceGone:
    """Its publisher says that it is gone for good."""

    source_id: str
    name: str
    url: str | None


@dataclass(frozen=True, slots=True)
class SourceFailing:
    """It could not be read for long."""

    source_id: str
    name: str
    url: str | None
    last_success: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class SourceMoved:
    """It has moved for good."""

    source_id: str
    name: str
    url: str | None
    moved_to: str


SourceCause: TypeAlias = SourceGone | SourceFailing | SourceMoved


@dataclass(frozen=True, slots=True)
class PolledSource:
    """A source, and what is remembered of the address that is configured for it now."""

    source: Source
    state: SourceState
    has_moved: bool
    """Permanent redirects have held for long enough to be believed."""


def troubled_sources(polled: Iterable[PolledSource], now: datetime) -> Iterator[SourceCause]:
    """One at most for each source that is not paused."""
    for one in polled:
        source, state = one.source, one.state
        if source.paused:
            continue
        if state.gone:
            yield SourceGone(source.id, source.name, state.url)
        elif state.error is not None and _has_failed_for_long(state, now):
            yield SourceFailing(source.id, source.name, state.url, state.last_success, state.error)
        elif one.has_moved and state.moved_to is not None:
            yield SourceMoved(source.id, source.name, state.url, state.moved_to)


def _has_failed_for_long(state: SourceState, now: datetime) -> bool:
    if state.last_success is None:
        return state.failures >= PATIENCE
    unread = now - state.last_success
    return unread >= NIGHT and (state.failures >= PATIENCE or unread >= SILENT)


def trouble(cause: SourceCause) -> Trouble:
    """See `causes.trouble_of`."""
    address = cause.url or "its address"
    match cause:
        case SourceGone(source_id=source_id, name=name, url=url):
            return Trouble(
                f"gone:{source_id}:{url}",
                f"The publisher of {name} ({address}) says that it is gone for good, so it is no longer "
                "polled. Find its new address, or remove it from sources.yaml.",
            )
        case SourceFailing(source_id=source_id, name=name, last_success=success, error=error):
            unread = f"has not been read since {success:%d %B %Y, %H:%M} UTC" if success else "was never read"
            return Trouble(f"failing:{source_id}", f"{name} ({address}) {unread}: {error}.")
        case SourceMoved(source_id=source_id, name=name, moved_to=moved_to):
            return Trouble(
                f"moved:{source_id}:{moved_to}",
                f"{name} ({address}) has moved permanently to {moved_to}. It is polled there; put the new "
                "address into sources.yaml.",
            )
        case _:
            assert_never(cause)
