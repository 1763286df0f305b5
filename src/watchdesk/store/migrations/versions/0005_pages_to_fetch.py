"""Articles' own pages that are still to be fetched."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# SQLite numbers rows by itself only in a column whose type is exactly INTEGER.
ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Adds them. Entries that were marked as unfinished are read once more, as their feed is."""
    op.create_table(
        "pages_to_fetch",
        sa.Column("article_id", ID, nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name=op.f("fk_pages_to_fetch_article_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_pages_to_fetch")),
    )
    op.create_index(op.f("ix_pages_to_fetch_source_id"), "pages_to_fetch", ["source_id"])
    op.create_index(op.f("ix_pages_to_fetch_next_try"), "pages_to_fetch", ["next_try"])
