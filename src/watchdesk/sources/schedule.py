"""When a source is due, by what is remembered of it. Pure; `scheduling` settles the next poll itself."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from watchdesk.model import Appointment, Source
from watchdesk.scheduling import not_beyond
from watchdesk.sources.web.source_state import is_about

NEVER_AGAIN = datetime.max.replace(tzinfo=UTC)
"""Of a source whose publisher said that it is gone for good."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def due_at(source: Source, known: Appointment | None, now: datetime) -> datetime | None:
    """When the source is to be polled, or `NEVER_AGAIN`; None: it was never polled at this address."""
    if known is None or not is_about(source, known.url):
        return None
    if known.gone:
        return NEVER_AGAIN
    return known.next_poll and not_beyond(source, known.next_poll, now)


def due(sources: Iterable[Source], known: Mapping[str, Appointment], now: datetime) -> Sequence[Source]:
    """Sources to be polled now, the longest overdue first; those never polled before all others."""
    waiting = [
        (due_at(source, known.get(source.id), now) or _LONG_AGO, source)
        for source in sources
        if not source.paused
    ]
    return [source for moment, source in sorted(waiting, key=lambda pair: pair[0]) if moment <= now]
