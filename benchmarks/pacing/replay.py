"""Replays publishers against a schedule: what is requested, how late entries are seen, which never are."""

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import quantiles

from pacing.publishers import DAYS, Publisher
from pacing.schedules import SOURCE, Maker, Poll, openings

END = DAYS * 86400.0
_FASTEST = SOURCE.fastest.total_seconds()


@dataclass(slots=True)
class Tally:
    """What came of polling some publishers."""

    requests: int = 0
    delays: list[float] = field(default_factory=list)
    """Seconds from publication to sight, of entries published after the first poll."""
    missed: int = 0
    """Entries that left the feed before any poll."""
    avoidable: int = 0
    """Those of them that stood in it for `fastest` at least."""
    filled: int = 0
    """Avoidable ones of publishers with pages of older entries, from which a gap is filled later."""

    def add(self, other: "Tally") -> None:
        self.requests += other.requests
        self.delays += other.delays
        self.missed += other.missed
        self.avoidable += other.avoidable
        self.filled += other.filled

    def percentile(self, part: int) -> float:
        """Of the delays, in seconds; 0 when there are none."""
        return quantiles(self.delays, n=100, method="inclusive")[part - 1] if len(self.delays) > 1 else 0.0


def replayed(publishers: Sequence[Publisher], make: Maker, seed: int) -> dict[str, Tally]:
    """A tally for each kind of publisher."""
    rng = random.Random(f"polls {seed}")
    tallies: dict[str, Tally] = {}
    for publisher, opening in zip(publishers, openings(len(publishers), rng), strict=True):
        tally = _followed(publisher, make, opening, rng)
        tallies.setdefault(publisher.kind, Tally()).add(tally)
    return tallies


def together(tallies: dict[str, Tally]) -> Tally:
    """Of all kinds."""
    whole = Tally()
    for tally in tallies.values():
        whole.add(tally)
    return whole


def _followed(publisher: Publisher, make: Maker, opening: float, rng: random.Random) -> Tally:
    """One publisher to the month's end; what is published by then is waited for, but no longer counted."""
    schedule, times, tally = make(publisher, rng), publisher.times, Tally()
    last, now, seen = None, opening, 0
    while now < END or seen < len(times):
        until = bisect_right(times, now)
        first = max(seen, until - publisher.window)
        if last is not None:
            _count(tally, publisher, range(seen, first), range(first, until), now)
        tally.requests += now < END
        gap = last is not None and until - seen >= publisher.window
        seen = until
        poll = Poll(now, last, first, until, gap)
        last, now = now, schedule.after(poll)
    return tally


def _count(tally: Tally, publisher: Publisher, missed: range, seen: range, now: float) -> None:
    times = publisher.times
    tally.delays += [now - times[index] for index in seen]
    for index in missed:
        tally.missed += 1
        if times[index + publisher.window] - times[index] >= _FASTEST:
            tally.avoidable += 1
            tally.filled += publisher.pages
