"""Which sources are due. Pure; when each is next due was settled after its last poll, by `pace`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from watchdesk.model import Source, SourceState
from watchdesk.pace import not_beyond
from watchdesk.sources.web.memory import as_of

_NEVER = datetime.min.replace(tzinfo=UTC)


def due(sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime) -> Sequence[Source]:
    """Sources to be polled now, the longest overdue first; those never polled before all others."""
    waiting: list[tuple[datetime, Source]] = []
    for source in sources:
        state = as_of(source, states.get(source.id) or SourceState(source.id))
        due_at = not_beyond(source, state.next_poll, now) if state.next_poll else _NEVER
        if not source.paused and not state.gone and due_at <= now:
            waiting.append((due_at, source))
    return [source for _, source in sorted(waiting, key=lambda pair: pair[0])]
