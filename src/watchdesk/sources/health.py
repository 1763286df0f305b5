"""How well sources are read: for the foot of a digest, and for a reader who misses an article. Pure.

`notices.sources` decides when to report a failing source to the operators.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from watchdesk.articles import site_of
from watchdesk.model import Source, SourceCondition, SourceHealth, SourceState
from watchdesk.notices.sources import PATIENCE, SILENT
from watchdesk.sources.web.source_state import is_about, valid_state


class ReadStatus(StrEnum):
    """How well a source is read."""

    WELL = "well"
    PAUSED = "paused"
    """In the configuration."""
    GONE = "gone"
    """Its publisher says that the feed is gone for good."""
    FAILING = "failing"
    NEVER_READ = "never-read"


@dataclass(frozen=True, slots=True)
class Origin:
    """A source that an article may have come from."""

    source_id: str
    name: str
    status: ReadStatus
    last_success: datetime | None
    """When it was last read."""
    next_poll: datetime | None
    error: str | None
    """Why it could not be read at the last poll."""
    gaps: int
    """Polls that shared no entry with the one before: what was published in between may be lost."""
    last_gap: datetime | None
    window: int
    """How many entries its document holds."""


def health(
    sources: Iterable[Source], known: Mapping[str, SourceCondition], now: datetime
) -> tuple[SourceHealth, ...]:
    """The health of each source that is not paused, in the order of the configuration."""
    return tuple(_health(source, known.get(source.id), now) for source in sources if not source.paused)


def origins(
    url: str,
    sources: Iterable[Source],
    states: Mapping[str, SourceState],
    now: datetime,
    also: Collection[str] = (),
) -> tuple[Origin, ...]:
    """The sources in the address's registrable domain, and those in `also`, which had articles from it."""
    site = site_of(url)
    return tuple(
        _origin(source, valid_state(source, states.get(source.id) or SourceState(source.id)), now)
        for source in sources
        if source.id in also or site in _sites(source, states.get(source.id))
    )


def _sites(source: Source, state: SourceState | None) -> Iterator[str]:
    yield site_of(source.url)
    if state and state.moved_to:
        yield site_of(state.moved_to)


def _origin(source: Source, state: SourceState, now: datetime) -> Origin:
    return Origin(
        source.id,
        source.title or state.title or source.id,
        _status(source, state, now),
        state.last_success,
        None if source.paused or state.gone else state.next_poll,
        state.error,
        state.gaps,
        state.last_gap,
        state.window,
    )


def _status(source: Source, state: SourceState, now: datetime) -> ReadStatus:
    if source.paused:
        return ReadStatus.PAUSED
    if state.gone:
        return ReadStatus.GONE
    if state.error is not None or not _health(source, _condition_of(state), now).healthy:
        return ReadStatus.FAILING
    return ReadStatus.WELL if state.last_success else ReadStatus.NEVER_READ


def _condition_of(state: SourceState) -> SourceCondition:
    return SourceCondition(
        state.url, state.title, state.last_success, state.failures, state.error, state.gone
    )


def _health(source: Source, known: SourceCondition | None, now: datetime) -> SourceHealth:
    if known is None or not is_about(source, known.url):
        return SourceHealth(source.id, source.name, healthy=True)
    patience = PATIENCE if known.last_success else 1
    unread = known.error is not None and now - (known.last_success or now) >= SILENT
    return SourceHealth(
        source.id,
        source.title or known.title or source.id,
        healthy=not known.gone and not unread and known.failures < patience,
        since=known.last_success,
        error=known.error,
    )
