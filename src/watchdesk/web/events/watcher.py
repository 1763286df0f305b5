"""One watcher for all readers: it looks into the archive when the service has recorded something.

It is woken by the counts of the service, and looks now and then by itself for what other processes on the
database recorded. A reader that is too slow is cut off: it may come again and go on from where it was.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial

from watchdesk.errors import StorageError
from watchdesk.service.measuring.measurements import Measurements
from watchdesk.web.asked import Refusal
from watchdesk.web.desk import DeskView
from watchdesk.web.events.reading import Event, Place, events_after, newest_place, outcomes_of
from watchdesk.web.workers import TooBusy, Workers

MOST_STREAMS = 20
MOST_REPLAYED = 500
"""Matches, and deliveries, that are told again to one who comes back; and told at once of new ones."""
MOST_QUEUED = 1_200
"""Events that wait for one reader."""
GATHER = 0.25
"""Seconds after which one looks once something was recorded: what follows it is told with it."""
LOOK = 15.0
"""Seconds between two looks if nothing was."""
OVERLAP = timedelta(minutes=1)
_REMEMBERED = 4 * MOST_REPLAYED


class Stream:
    """What one reader is still to be told. Of the event loop."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Event] = asyncio.Queue(MOST_QUEUED)
        self.ended = asyncio.Event()

    def give(self, event: Event) -> None:
        """Tells it, or ends a reader who takes nothing."""
        try:
            self.queue.put_nowait(event)
        except asyncio.QueueFull:
            self.ended.set()


class Events:
    """One for each server. All of it but `close` is of the event loop."""

    def __init__(self, desk: DeskView, measurements: Measurements, workers: Workers) -> None:
        self._desk = desk
        self._measurements = measurements
        self._workers = workers
        self._streams: set[Stream] = set()
        self._beginning = asyncio.Lock()
        self._woken = asyncio.Event()
        self._tried: set[str] = set()
        self._told: OrderedDict[str, None] = OrderedDict()
        self._place: Place | None = None
        self._watching: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_closed = False

    async def join(self, after: Place | None) -> tuple[Stream, Place, Sequence[Event], bool]:
        """A new stream, where it begins, what came after `after` until there, and whether that is cut.

        Raises `Refusal`, and what reading the archive raises.
        """
        if self._is_closed or len(self._streams) >= MOST_STREAMS:
            raise Refusal(503, "Too many read the events now.", headers={"retry-after": "30"})
        stream = Stream()
        self._streams.add(stream)  # it is told all that comes from now on
        try:
            async with self._beginning:
                begins = self._place or await self._begin()
            if after is None or after.match > begins.match:
                return stream, begins, (), after is not None
            found, is_cut = await self._workers.run(partial(self._read, after))
        except BaseException:
            self.leave(stream)
            raise
        return stream, begins, [one for one in found if _is_until(one, begins)], is_cut

    def leave(self, stream: Stream) -> None:
        """Nobody reads it any more."""
        self._streams.discard(stream)
        stream.ended.set()
        if not self._streams and self._watching:
            self._watching.cancel()
            self._watching = self._place = None
            self._measurements.heard = None

    def close(self) -> None:
        """Ends every stream, from any thread."""
        self._is_closed = True
        if self._loop:
            with suppress(RuntimeError):  # it has ended
                self._loop.call_soon_threadsafe(self._end_all)

    def _end_all(self) -> None:
        for stream in list(self._streams):
            stream.ended.set()

    async def _begin(self) -> Place:
        """Begins to watch, from after all that there is."""
        loop = self._loop = asyncio.get_running_loop()
        self._measurements.heard = lambda delivery: loop.call_soon_threadsafe(self._hear, delivery)
        place = await self._workers.run(self._newest)
        found, _ = await self._workers.run(partial(self._read, place))
        self._told = OrderedDict.fromkeys(one.key for one in found if _is_until(one, place))
        self._place, self._tried = place, set()
        self._watching = asyncio.create_task(self._watch())
        return place

    def _hear(self, delivery: str | None) -> None:
        if delivery:
            self._tried.add(delivery)
        self._woken.set()

    async def _watch(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), LOOK)
            self._woken.clear()
            await asyncio.sleep(GATHER)
            with suppress(StorageError, TooBusy):  # the next look finds what this one did not
                await self._look()

    async def _look(self) -> None:
        assert self._place
        (found, _), (outcomes, unsettled) = await self._workers.run(
            partial(self._read_all, self._place, frozenset(self._tried))
        )
        self._tried = set(unsettled)
        if unsettled:
            self._woken.set()
        for event in (*found, *outcomes):
            if event.key not in self._told:
                self._told[event.key] = None
                for stream in self._streams:
                    stream.give(event)
            self._place = event.place or self._place
        while len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)

    def _newest(self) -> Place:
        with self._desk.reading() as store:
            return newest_place(store, self._desk.clock())

    def _read(self, after: Place) -> tuple[Sequence[Event], bool]:
        with self._desk.reading() as store:
            channels = self._desk.configured.settings.channels
            return events_after(store, after, channels, MOST_REPLAYED, OVERLAP)

    def _read_all(
        self, after: Place, tried: frozenset[str]
    ) -> tuple[tuple[Sequence[Event], bool], tuple[Sequence[Event], Collection[str]]]:
        with self._desk.reading() as store:
            outcomes = outcomes_of(store, tried)
        return self._read(after), outcomes


def _is_until(event: Event, place: Place) -> bool:
    """Whether it is not after the place."""
    at = event.place
    return at is not None and (at.match <= place.match if event.kind == "match" else at.sent <= place.sent)
