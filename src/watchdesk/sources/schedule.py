"""Which sources are due, and which of them one request serves. Pure.

`scheduling` decides when to poll a source next.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from watchdesk.model import Appointment, Source, SourceState
from watchdesk.scheduling import not_beyond
from watchdesk.sources.web.source_state import is_about

NEVER_AGAIN = datetime.max.replace(tzinfo=UTC)
"""For a source whose publisher said that it is gone for good."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def due_at(source: Source, known: Appointment | None, now: datetime) -> datetime | None:
    """When to poll the source, or `NEVER_AGAIN`; None if it was never polled at this address."""
    if known is None or not is_about(source, known.url):
        return None
    if known.gone:
        return NEVER_AGAIN
    return known.next_poll and not_beyond(source, known.next_poll, now)


def due(sources: Iterable[Source], known: Mapping[str, Appointment], now: datetime) -> Sequence[Source]:
    """Sources to poll now: those never polled first, then the longest overdue first."""
    waiting = [
        (due_at(source, known.get(source.id), now) or _LONG_AGO, source)
        for source in sources
        if not source.paused
    ]
    return [source for moment, source in sorted(waiting, key=lambda pair: pair[0]) if moment <= now]


def by_request(sources: Iterable[Source]) -> Sequence[tuple[Source, ...]]:
    """Sources that are not paused, grouped by those whose requests would be identical."""
    active = [source for source in sources if not source.paused]
    addresses = Counter(source.url for source in active)
    groups: dict[object, list[Source]] = {}
    for source in active:
        # What is asked for at an address that no other source has needs no further look.
        request = source.url if addresses[source.url] == 1 else _request(source)
        groups.setdefault(request, []).append(source)
    return [tuple(group) for group in groups.values()]


def least_known(states: Sequence[SourceState]) -> SourceState:
    """The state whose validators to send: none if the states differ, so that each source gets its news."""
    first = states[0]
    same = all(
        (state.etag, state.last_modified, state.body_hash)
        == (first.etag, first.last_modified, first.body_hash)
        for state in states
    )
    return first if same else SourceState(first.source_id, url=first.url)


def _request(source: Source) -> object:
    headers = tuple(sorted(source.headers.items()))
    return source.url, source.kind, source.select, headers, source.user, source.password, source.proxy
