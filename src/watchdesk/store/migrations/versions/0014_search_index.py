"""The index by which the archive is searched.

The articles that are there already are put into it little by little, the newest first; until then a search
reads them one by one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

# SQLite numbers rows by itself only in a column whose type is exactly INTEGER.
ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Makes its tables, with all articles still to be put into it."""
    op.create_table(
        "search_index",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("terms_version", sa.Text(), nullable=False),
        sa.Column("unindexed_to", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("held_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_index")),
    )
    op.execute(
        "INSERT INTO search_index (id, terms_version, unindexed_to)"
        " SELECT 1, '', coalesce(max(id), 0) FROM articles"
    )
    op.create_table(
        "search_pending",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_pending")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_search_pending_first_seen_article_id", "search_pending", ["first_seen", "article_id"])
    op.create_table(
        "search_segments",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("newest_seen", sa.BigInteger(), nullable=True),
        sa.Column("newest_id", sa.BigInteger(), nullable=True),
        sa.Column("oldest_seen", sa.BigInteger(), nullable=True),
        sa.Column("directory", sa.LargeBinary(), nullable=True),
        sa.Column("articles", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_segments")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "search_parts",
        sa.Column("segment_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("postings", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["segment_id"],
            ["search_segments.id"],
            name=op.f("fk_search_parts_segment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("segment_id", "number", name=op.f("pk_search_parts")),
    )
