"""How large the database is, in a few bytes read: nothing is counted."""

import shutil
from pathlib import Path

from sqlalchemy import text

from watchdesk.model import DatabaseSize
from watchdesk.store.database import Database


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


def _bytes_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
