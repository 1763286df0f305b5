"""Which sources are due. Pure; when each is next due was settled after its last poll, by `pace`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from watchdesk.model import Source, SourceState
from watchdesk.sources.web.memory import as_of

_NEVER = datetime.min.replace(tzinfo=UTC)


def due(sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime) -> Sequence[Source]:
    """Sources to be polled now, the longest overdue first; those never polled before all others."""
    waiting = [
        (due_at, source)
        for source in sources
        if not source.paused and (due_at := _due_at(source, states.get(source.id))) <= now
    ]
    return [source for _, source in sorted(waiting, key=lambda pair: pair[0])]


def _due_at(source: Source, state: SourceState | None) -> datetime:
    return (as_of(source, state).next_poll if state else None) or _NEVER
