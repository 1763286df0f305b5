"""When entries were last seen to be listed, so that those that are not can be forgotten one day."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Adds it; of what is there nobody knows it yet."""
    op.add_column("entry_keys", sa.Column("listed_at", sa.BigInteger(), nullable=True))
