"""How large the database is, in a few bytes read."""

import shutil
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, text

from watchdesk.model import DatabaseSize
from watchdesk.store.database import Database
from watchdesk.store.index_state import SegmentState
from watchdesk.store.tables import search_parts, search_segments, story_members


class SizeRows:
    """A part of `ports.HealthStore`."""

    _database: Database

    def size(self) -> DatabaseSize:
        """See `ports.HealthStore.size`."""
        file = self._database.open_file
        with self._database.read() as connection:
            if file is None:
                total = int(
                    connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
                )
                return DatabaseSize(total, total)
            pages, empty, each = (
                int(connection.execute(text(f"PRAGMA {name}")).scalar_one())
                for name in ("page_count", "freelist_count", "page_size")
            )
        on_disk = _bytes_of(file.path) + _bytes_of(Path(f"{file.path}-wal"))
        return DatabaseSize(on_disk, (pages - empty) * each, shutil.disk_usage(file.path.parent).free)

    def index_bytes(self) -> float:
        """See `ports.HealthStore.index_bytes`."""
        largest = select(search_segments.c.id, search_segments.c.documents)
        largest = largest.where(search_segments.c.state == SegmentState.LIVE)
        size = func.sum(func.length(search_parts.c.terms) + func.length(search_parts.c.postings))
        with self._database.read() as connection:
            by_size = largest.order_by(search_segments.c.documents.desc())
            segment = connection.execute(by_size.limit(1)).first()
            if segment is None:
                return 0.0
            asked = select(size).where(search_parts.c.segment_id == segment.id)
            taken = connection.execute(asked).scalar() or 0
        return int(taken) / max(1, int(segment.documents))

    def first_compared(self) -> datetime | None:
        """See `ports.HealthStore.first_compared`."""
        oldest = select(func.min(story_members.c.id)).scalar_subquery()
        first = select(story_members.c.seen_at).where(story_members.c.id == oldest)
        with self._database.read() as connection:
            return connection.execute(first).scalar()


def _bytes_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
