"""The list of the segments that the index of the archive has to have, so that one that is lost is missed."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Adds it, with the segments that there are now."""
    op.add_column("search_index", sa.Column("manifest", sa.Text(), nullable=True))
    connection = op.get_bind()
    live = connection.execute(
        sa.text(
            "SELECT id, documents, newest_seen, oldest_seen FROM search_segments"
            " WHERE state = 'live' AND newest_seen IS NOT NULL AND oldest_seen IS NOT NULL ORDER BY id"
        )
    )
    segments = [list(row) for row in live]
    # What is noted as pending is read by searches anyway.
    newest = connection.execute(sa.text("SELECT coalesce(max(id), 0) FROM articles")).scalar()
    manifest = json.dumps({"indexed_to": newest, "segments": segments}, separators=(",", ":"))
    connection.execute(sa.text("UPDATE search_index SET manifest = :manifest"), {"manifest": manifest})
