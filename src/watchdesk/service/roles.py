"""What one of several machines does of their work."""

from enum import StrEnum


class Role(StrEnum):
    """Upkeep and notices to the operators are done by whichever machine has the lead."""

    ALL = "all"
    POLLER = "poller"
    """Polls and matches, and leaves digests to others."""
    SENDER = "sender"
    """Composes digests and sends them, and polls nothing."""
    WEB = "web"
    """Serves the page, and neither polls nor sends."""

    @property
    def polls(self) -> bool:
        """Whether it asks sources."""
        return self in (Role.ALL, Role.POLLER)

    @property
    def sends(self) -> bool:
        """Whether it composes digests and sends them."""
        return self in (Role.ALL, Role.SENDER)
