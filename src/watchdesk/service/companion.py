"""What runs beside the steps of the service in threads of its own, such as the page.

The service starts, steers and stops it, and knows nothing else of it. Whatever becomes of it, polls and
digests go on.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from watchdesk.plan import Configured


class Companion(Protocol):
    """No method raises, and none but `paused` and `stop` waits for anything."""

    def start(self, configured: Configured) -> None:
        """Begins, by this configuration. A second call means `follow`."""

    def follow(self, configured: Configured) -> None:
        """Goes on by another, which a reload has put in force."""

    def paused(self) -> AbstractContextManager[None]:
        """Meanwhile it has no connection to the database, which is being replaced."""

    def stop(self) -> None:
        """Ends it, with its connections to the database. The store of the service is closed after that."""


class Nobody:
    """A companion for a service that has none."""

    def start(self, configured: Configured) -> None:
        """See `Companion.start`."""

    def follow(self, configured: Configured) -> None:
        """See `Companion.follow`."""

    def paused(self) -> AbstractContextManager[None]:
        """See `Companion.paused`."""
        return nullcontext()

    def stop(self) -> None:
        """See `Companion.stop`."""
