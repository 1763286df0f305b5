"""What is said of a trouble that was reported once it is over."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Adds it; of what was reported before, nothing is said."""
    with op.batch_alter_table("told_troubles") as table:
        table.add_column(sa.Column("recovery", sa.Text(), nullable=True))
        table.add_column(sa.Column("subject", sa.Text(), nullable=True))
        table.add_column(sa.Column("is_over", sa.Boolean(), nullable=False, server_default=sa.false()))
