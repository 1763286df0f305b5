"""What of the sources the operators have to know. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from watchdesk.model import Source, SourceState, Trouble
from watchdesk.sources.health import PATIENCE
from watchdesk.sources.web.memory import has_moved

SILENT = timedelta(days=1)
"""A source that has worked is given a day before its failing is told: servers have bad nights."""


def troubles(
    sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime
) -> Iterator[Trouble]:
    """Sources that are gone, that have failed for long, or that have moved for good."""
    for source in sources:
        state = states.get(source.id)
        if state is None or source.paused:
            continue
        if state.gone:
            yield Trouble(
                f"gone:{source.id}",
                f"The publisher of {source.name} ({source.url}) says that it is gone for good, so it is not "
                "polled any more. Find its new address, or take it out of sources.yaml.",
            )
        elif _has_failed_for_long(state, now):
            since = f"since {state.last_success:%d %B %Y, %H:%M} UTC" if state.last_success else "yet"
            yield Trouble(
                f"failing:{source.id}",
                f"{source.name} ({source.url}) could not be read {since}: {state.error}.",
            )
        elif has_moved(state):
            yield Trouble(
                f"moved:{source.id}:{state.moved_to}",
                f"{source.name} ({source.url}) has moved for good to {state.moved_to}. It is polled there; "
                "write the new address into sources.yaml.",
            )


def _has_failed_for_long(state: SourceState, now: datetime) -> bool:
    silent = state.last_success is None or now - state.last_success >= SILENT
    return state.failures >= PATIENCE and silent
