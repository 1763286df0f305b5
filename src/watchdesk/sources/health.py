"""Which sources are well, in the words of a digest's foot. Pure."""

from collections.abc import Iterable, Mapping

from watchdesk.model import Source, SourceHealth, SourceState

PATIENCE = 3
"""Polls that fail in a row before a source that has worked counts as unhealthy: one lost answer is
no news, and three at growing intervals are."""


def health(sources: Iterable[Source], states: Mapping[str, SourceState]) -> tuple[SourceHealth, ...]:
    """The health of every source that is not paused, in the order of the configuration."""
    return tuple(
        _health(source, states.get(source.id) or SourceState(source.id))
        for source in sources
        if not source.paused
    )


def _health(source: Source, state: SourceState) -> SourceHealth:
    patience = PATIENCE if state.last_success else 1
    return SourceHealth(
        source.id,
        source.title or state.title or source.id,
        healthy=not state.gone and state.failures < patience,
        since=state.last_success,
        error=state.error,
    )
