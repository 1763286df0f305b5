"""How large the database is, in a few bytes read, and what of it is still to become free."""

import shutil
from pathlib import Path

from sqlalchemy import LargeBinary, cast, func, literal, select, text

from watchdesk.model import DatabaseSize
from watchdesk.store.database import Database
from watchdesk.store.story_tables import is_kept_whole
from watchdesk.store.tables import articles, story_members

_SAMPLE = 200
"""Members of stories by which their size is judged."""
_ROW = 150
"""Bytes of one beside its words, with its entries in indices."""
_PAGE = 4096
"""Bytes: rows of more than half of it have a page each."""
_WORDS = (
    story_members.c.title_terms,
    story_members.c.lead_terms,
    story_members.c.vector_terms,
    story_members.c.vector_weights,
    story_members.c.shingles,
    story_members.c.facts,
)


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

    def left_by_removed(self) -> int:
        """See `ports.HealthStore.left_by_removed`."""
        bytes_of = sum((func.length(cast(column, LargeBinary)) for column in _WORDS), literal(_ROW))
        whole = select(story_members.c.id).where(is_kept_whole())
        oldest = whole.order_by(story_members.c.seen_at).limit(1)
        newest = select(bytes_of.label("bytes")).where(is_kept_whole())
        newest = newest.order_by(story_members.c.seen_at.desc()).limit(_SAMPLE)
        with self._database.read() as connection:
            first = connection.execute(oldest).scalar()
            if first is None:
                return 0
            has_gone = ~select(articles.c.id).where(articles.c.id == story_members.c.article_id).exists()
            # The unique index of articles answers this: no row is read.
            counted = select(func.count(story_members.c.article_id))
            gone = connection.execute(counted.where(story_members.c.id >= first, has_gone)).scalar_one()
            if not gone:
                return 0
            each = float(connection.execute(select(func.avg(newest.subquery().c.bytes))).scalar_one())
        return round(gone * (_PAGE / (_PAGE // each) if each < _PAGE else each))


def _bytes_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
