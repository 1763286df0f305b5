"""What the service reports to systemd: ready, reloading, stopping, alive (sd_notify(3))."""

import time
from collections.abc import Mapping
from datetime import timedelta

from sdnotify import SystemdNotifier


class Systemd:
    """Speaks to the service manager where there is one, and to nobody elsewhere."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._notifier = SystemdNotifier()
        self._watchdog = environment.get("WATCHDOG_USEC", "")
        self._is_ready = False

    @property
    def watchdog_interval(self) -> timedelta | None:
        """How often to say that the service is alive: half of what the unit's WatchdogSec allows."""
        if not self._watchdog.isdigit() or int(self._watchdog) == 0:
            return None
        return timedelta(microseconds=int(self._watchdog) / 2)

    def ready(self, status: str) -> None:
        """The service is up, with the configuration it was last given."""
        self._notifier.notify(f"READY=1\nSTATUS={status}")
        self._is_ready = True

    def reloading(self) -> None:
        """A reload has begun; `ready` ends it (Type=notify-reload wants the time of it)."""
        microseconds = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._notifier.notify(f"RELOADING=1\nMONOTONIC_USEC={microseconds}")

    def stopping(self) -> None:
        """The service is finishing what is in flight."""
        self._notifier.notify("STOPPING=1")

    def alive(self) -> None:
        """Feeds the watchdog, which watches from `ready` on."""
        if self._is_ready:
            self._notifier.notify("WATCHDOG=1")
