"""Why a match alerts nobody, and why one waits no longer for a digest that never held it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

# SQLite numbers rows by itself only in a column whose type is exactly INTEGER.
ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Adds it. Of what went to the archive only, nobody knows any more why: its reason stays NULL."""
    op.add_column("matches", sa.Column("standing", sa.String(), nullable=True))
    op.execute(sa.text("UPDATE matches SET standing = 'news' WHERE happened_at IS NOT NULL"))
    op.create_table(
        "released_places",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("digest_name", sa.String(), nullable=False),
        sa.Column("match_id", ID, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["match_id"],
            ["matches.id"],
            name=op.f("fk_released_places_match_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_released_places")),
    )
    op.create_index(op.f("ix_released_places_match_id"), "released_places", ["match_id"])
