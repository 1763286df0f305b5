"""Where a store may refuse to write what belongs to a source."""

from collections.abc import Iterable

from sqlalchemy import Connection


class Fenced:
    """What writes for sources asks here first, in its transaction."""

    def _fence(self, connection: Connection, source_ids: Iterable[str]) -> None:
        """Raises what a store refuses to write; this one takes all."""
