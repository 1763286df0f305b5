"""Which sources are well, in the words of a digest's foot. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from watchdesk.model import Source, SourceHealth, SourceState
from watchdesk.notices.sources import PATIENCE, SILENT
from watchdesk.sources.web.source_state import as_of


def health(
    sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime
) -> tuple[SourceHealth, ...]:
    """The health of every source that is not paused, in the order of the configuration."""
    return tuple(
        _health(source, as_of(source, states.get(source.id) or SourceState(source.id)), now)
        for source in sources
        if not source.paused
    )


def _health(source: Source, state: SourceState, now: datetime) -> SourceHealth:
    patience = PATIENCE if state.last_success else 1
    unread = state.error is not None and now - (state.last_success or now) >= SILENT
    return SourceHealth(
        source.id,
        source.title or state.title or source.id,
        healthy=not state.gone and not unread and state.failures < patience,
        since=state.last_success,
        error=state.error,
    )
