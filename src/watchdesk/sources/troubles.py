"""What of the sources the operators have to know. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from watchdesk.model import Source, SourceState, Trouble
from watchdesk.sources.health import PATIENCE, SILENT
from watchdesk.sources.web.memory import as_of, has_moved

NIGHT = timedelta(days=1)
"""A source that has worked is given a day before its failing is told: servers have bad nights."""


def troubles(
    sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime
) -> Iterator[Trouble]:
    """Sources that are gone, that have failed for long, or that have moved for good."""
    for source in sources:
        if source.paused or source.id not in states:
            continue
        state = as_of(source, states[source.id])
        address = state.url or "its address"
        if state.gone:
            yield Trouble(
                f"gone:{source.id}:{state.url}",
                f"The publisher of {source.name} ({address}) says that it is gone for good, so it is not "
                "polled any more. Find its new address, or take it out of sources.yaml.",
            )
        elif _has_failed_for_long(state, now):
            since = f"since {state.last_success:%d %B %Y, %H:%M} UTC" if state.last_success else "yet"
            yield Trouble(
                f"failing:{source.id}",
                f"{source.name} ({address}) could not be read {since}: {state.error}.",
            )
        elif has_moved(state):
            yield Trouble(
                f"moved:{source.id}:{state.moved_to}",
                f"{source.name} ({address}) has moved for good to {state.moved_to}. It is polled there; "
                "write the new address into sources.yaml.",
            )


def _has_failed_for_long(state: SourceState, now: datetime) -> bool:
    if state.error is None:
        return False
    if state.last_success is None:
        return state.failures >= PATIENCE
    unread = now - state.last_success
    return unread >= NIGHT and (state.failures >= PATIENCE or unread >= SILENT)
