"""What runs beside the steps of the service in threads of its own, such as the page.

The service starts, steers and stops it, and knows nothing else of it. Whatever becomes of it, polls and
digests go on.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from watchdesk.plan import Configured
from watchdesk.service.poll_workers.fork_server import ForkServer


class Companion(Protocol):
    """No method raises, and none but `paused` and `stop` waits for anything."""

    def start(self, configured: Configured, fork_server: ForkServer | None = None) -> None:
        """Begins, by this configuration. A second call means `follow`.

        `fork_server`: forks processes that have it, with all its rules.
        """

    def follow(self, configured: Configured, fork_server: ForkServer | None = None) -> None:
        """Goes on by another, which a reload has put in force."""

    def paused(self) -> AbstractContextManager[None]:
        """Meanwhile it has no connection to the database, which is being replaced."""

    def stop(self) -> None:
        """Ends it, with its connections to the database. The store of the service is closed after that."""


class Nobody:
    """A companion for a service that has none."""

    def start(self, configured: Configured, fork_server: ForkServer | None = None) -> None:
        """See `Companion.start`."""

    def follow(self, configured: Configured, fork_server: ForkServer | None = None) -> None:
        """See `Companion.follow`."""

    def paused(self) -> AbstractContextManager[None]:
        """See `Companion.paused`."""
        return nullcontext()

    def stop(self) -> None:
        """See `Companion.stop`."""
