"""Whose owners hear of a trouble that was reported, besides those of its subject."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Adds it; of what was reported before, nobody else hears the end."""
    op.add_column("told_troubles", sa.Column("concerns", sa.JSON(), nullable=False, server_default="[]"))
