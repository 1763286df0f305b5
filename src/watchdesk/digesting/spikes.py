"""Looks for spikes among what waits for a digest, and again only when something new waits.

`digests.spikes` decides what a spike is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from watchdesk import digests
from watchdesk.config.settings import DigestSettings
from watchdesk.digests import Rise
from watchdesk.model import DigestMark, Queue
from watchdesk.plan import Configured
from watchdesk.ports import Store

WAIT = timedelta(hours=6)
"""How long a match may wait to become part of a spike: feeds are read hours late now and then."""


class SpikeWatch:
    """Remembers what it found for as long as the same matches wait. Not for several threads at once."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[DigestSettings, Mapping[str, Queue], Sequence[Rise]]] = {}

    def rises(
        self, configured: Configured, store: Store, setting: DigestSettings, mark: DigestMark
    ) -> Sequence[Rise]:
        """The rules of the digest that spike. `mark`: without silent rules."""
        if setting.spike is None:
            return ()
        seen = self._seen.get(setting.name)
        if seen is None or seen[:2] != (setting, mark.queues):
            found = _rises(configured, store, setting, setting.spike, mark)
            seen = self._seen[setting.name] = setting, mark.queues, found
        return seen[2]


def release_late(store: Store, setting: DigestSettings, mark: DigestMark, now: datetime) -> None:
    """Releases what has waited too long for a spike; what silent rules found goes on waiting."""
    late = {rule_id for rule_id, queue in mark.queues.items() if queue.oldest < now - WAIT}
    if late:
        store.release_matches(setting.name, late, now - WAIT, now)


def _rises(
    configured: Configured, store: Store, setting: DigestSettings, factor: float, mark: DigestMark
) -> Sequence[Rise]:
    """Reads the past only where enough waits for a spike."""
    waiting = {
        rule_id: times
        for rule_id, times in (store.waiting_times(setting.name).items() if mark.queues else ())
        if rule_id in mark.queues and digests.could_spike(times, factor)
    }
    if not waiting:
        return ()
    times = [waited.happened_at for of_rule in waiting.values() for waited in of_rule]
    reach = min(times) - timedelta(weeks=digests.WEEKS + 1)
    begun = (store.oldest_article(reach), store.first_match_at(waiting), min(times))
    began = max(min(moment for moment in begun if moment), reach)
    found = store.match_counts(waiting, digests.looked_at(times, began))
    return digests.rises(waiting, found, began, factor, configured.zone_of(setting))
