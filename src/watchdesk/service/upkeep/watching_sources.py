"""The chore that looks at sources that can be read: do they bring what they usually do, and lose nothing?

What it finds is remembered for `status` and for the operators; `scheduling.pace` judges the pace.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from watchdesk import sources
from watchdesk.model import FaultKind, Source, SourceFault, SourceFaults, SourceState
from watchdesk.remembered import remember, remembered
from watchdesk.scheduling import pace
from watchdesk.service.upkeep.chores import Workplace

GAP_LASTS = timedelta(days=7)
"""After which a gap is over, if none came again."""
_AT_ONCE = 100
"""Sources a step."""
_MOST = 20_000
"""Arrivals that are read of one source: a busier one is judged by fewer weeks."""


class WatchingSources:
    """A `Chore`."""

    name = "look after sources"
    every = timedelta(minutes=10)
    needs_steady_clock = False

    def __init__(self) -> None:
        self._left: list[Source] | None = None
        self._known = SourceFaults()
        self._found: list[SourceFault] = []

    def step(self, place: Workplace) -> bool:
        """See `Chore.step`."""
        if self._left is None:
            polled = place.configured.settings.sources.values()
            self._left, self._found = [source for source in polled if not source.paused], []
            self._known = remembered(place.store).source_faults or SourceFaults()
        some = self._left[:_AT_ONCE]
        self._found += list(self._look(place, some))
        self._left = self._left[_AT_ONCE:]  # not before: a look that failed is taken again
        if self._left:
            return True
        self._left = None
        found = SourceFaults(tuple(self._found))
        if found != self._known:
            remember(place.store, found)
        return False

    def _look(self, place: Workplace, some: Sequence[Source]) -> Iterator[SourceFault]:
        states = place.store.source_states([source.id for source in some])
        for source in some:
            if state := states.get(source.id):
                before = [fault for fault in self._known.faults if fault.source_id == source.id]
                yield from _faults(place, sources.valid_state(source, state), before, place.clock())


def _faults(
    place: Workplace, state: SourceState, before: Sequence[SourceFault], now: datetime
) -> Iterator[SourceFault]:
    if state.last_gap and timedelta(0) <= now - state.last_gap < GAP_LASTS:
        yield SourceFault(state.source_id, FaultKind.GAP, state.url, state.last_gap)
    if state.guid_doubt:
        yield SourceFault(state.source_id, FaultKind.GUIDS, state.url, state.guid_doubt.since)
    of_pace = [fault for fault in before if fault.kind in (FaultKind.SILENT, FaultKind.SLOW)]
    if state.gone:
        return
    if state.error is not None:  # nothing is known of it now
        yield from (fault for fault in of_pace if fault.url == state.url)
    elif fault := _silent(place, state) or _slow(place, state, of_pace, now):
        yield fault


def _silent(place: Workplace, state: SourceState) -> SourceFault | None:
    rhythm, last, until = state.rhythm, state.last_new, state.last_success
    if rhythm is None or last is None or until is None:
        return None
    usual = pace.missing(rhythm, last, until)
    if not usual:
        return None
    arrivals = place.store.arrivals(state.source_id, last - pace.LOOKED_BACK, _MOST)
    if not pace.is_silent(rhythm, last, until, arrivals):
        return None
    return SourceFault(state.source_id, FaultKind.SILENT, state.url, last, 0, round(usual))


def _slow(
    place: Workplace, state: SourceState, before: Sequence[SourceFault], now: datetime
) -> SourceFault | None:
    known = next((fault for fault in before if fault.kind is FaultKind.SLOW), None)
    usual = pace.usual_in_days(state.rhythm, now) if state.rhythm else 0
    if known is None:
        enough = pace.enough_in_days(usual)
        if not usual or len(place.store.arrivals(state.source_id, now - pace.DAYS, enough)) >= enough:
            return None
    arrivals = place.store.arrivals(state.source_id, now - pace.LOOKED_BACK, _MOST)
    fell = pace.fell_to(now, arrivals, was_slow=known is not None)
    if fell is None:
        return None
    since = known.since if known else now - pace.DAYS
    return SourceFault(state.source_id, FaultKind.SLOW, state.url, since, *fell)
