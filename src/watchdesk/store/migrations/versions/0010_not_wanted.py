"""How many sources told what a digest let go because it asks for more."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Adds it. What was let go before was let go for other reasons."""
    op.add_column("released_places", sa.Column("sources", sa.Integer(), nullable=True))
    op.add_column("released_places", sa.Column("sources_wanted", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_released_places_digest_name_at"), "released_places", ["digest_name", "at"])
