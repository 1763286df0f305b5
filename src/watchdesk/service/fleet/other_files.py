"""Whether other hosts of the fleet may know what this one's files do not have."""

import time
from collections.abc import Callable

from watchdesk.ports.hosts import HostStore

LOOK = 5.0
"""Seconds between two looks at the hosts."""
PATIENCE = 300.0
"""Seconds for which a host with other files may be away, as one that is started again."""


class OtherFiles:
    """For one thread."""

    def __init__(self, store: HostStore, host: str, clock: Callable[[], float] = time.monotonic) -> None:
        """`host`: the id of this one. `clock` counts seconds."""
        self._store, self._host, self._clock = store, host, clock
        self._looked, self._asked = -LOOK, ""
        self._met = clock()
        """When a host with other files was last there: before the first look, one may have been."""

    def may_be(self, configuration: str) -> bool:
        """Whether one that lives goes by other files than these, or has within the patience.

        Raises `StorageError`.
        """
        now = self._clock()
        if now - self._looked >= LOOK or configuration != self._asked:
            hosts = [host for host in self._store.hosts() if host.lives and host.id != self._host]
            self._looked, self._asked = now, configuration
            if any(host.configuration != configuration for host in hosts):
                self._met = now
        return now - self._met < PATIENCE
