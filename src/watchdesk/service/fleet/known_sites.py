"""Tries some sites that were read well the last time, whichever host of the fleet read them."""

import random
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from watchdesk import sources as sites
from watchdesk.config.network import Network
from watchdesk.model import Source, SourceState
from watchdesk.ports import Store
from watchdesk.service.poll_schedule import PollSchedule
from watchdesk.transport.trust import trust_store

_ASKED = 3
"""Sites that are tried, all at once."""
_LOOKED_AT = 60
"""Sources, chosen by chance, among which they are looked for."""
_SECONDS = 7.0
"""For one site."""


class KnownSites:
    """Those of one schedule. They are connected to, and asked nothing."""

    def __init__(self, schedule: PollSchedule, store: Store, rng: random.Random) -> None:
        self._schedule, self._store, self._rng = schedule, store, rng

    def silence(self) -> str:
        """Why most of them cannot be reached; empty where they can, or none is known.

        Raises `StorageError`.
        """
        asked = self._some()
        settings = self._schedule.plan.settings
        network = Network(settings.proxies, settings.authorities)
        trust = trust_store(settings.authorities)
        presence = sites.Presence(settings.polling, settings.contact, network, _SECONDS, trust)
        with ThreadPoolExecutor(_ASKED, "tries sites") as threads:
            found = list(threads.map(presence.absence, asked))
        known = [one for one in found if one is None or not one.is_refused]
        absent = [one for one in known if one is not None]
        return absent[0].reason if 2 * len(absent) > len(known) else ""

    def _some(self) -> Sequence[Source]:
        groups = self._schedule.groups()
        chosen = [group[0] for group in self._rng.sample(groups, min(_LOOKED_AT, len(groups)))]
        states = self._store.source_states([source.id for source in chosen])
        by_host = {sites.host_of(s.url): s for s in chosen if _was_read_well(s, states)}
        return list(by_host.values())[:_ASKED]


def _was_read_well(source: Source, states: Mapping[str, SourceState]) -> bool:
    state = states.get(source.id)
    if state is None:
        return False
    known = sites.valid_state(source, state)
    return known.last_success is not None and known.failures == 0
