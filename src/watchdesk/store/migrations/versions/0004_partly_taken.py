"""Who of a delivery's receivers has it, and whether its failure needs a person."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds both; a delivery from before was taken by all of its receivers or by none."""
    op.add_column("deliveries", sa.Column("taken", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column(
        "deliveries", sa.Column("needs_person", sa.Boolean(), nullable=False, server_default=sa.false())
    )
