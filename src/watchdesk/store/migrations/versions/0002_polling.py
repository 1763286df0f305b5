"""What is remembered of sources (moves, wishes, rhythm, gaps), of changed articles, of notices."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds it; of sources that are known already, nothing of it is."""
    for column in (
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("selected", sa.Text(), nullable=True),
        sa.Column("moved_to", sa.Text(), nullable=True),
        sa.Column("moved_polls", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("held_until", sa.BigInteger(), nullable=True),
        sa.Column("hints", sa.JSON(), nullable=True),
        sa.Column("rhythm", sa.JSON(), nullable=True),
        sa.Column("window", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("gaps", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("last_gap", sa.BigInteger(), nullable=True),
        sa.Column("parts", sa.JSON(), nullable=True),
    ):
        op.add_column("sources", column)
    op.add_column("stories", sa.Column("began", sa.BigInteger(), nullable=True))
    op.add_column("articles", sa.Column("updated_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "told_troubles",
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("cause", name=op.f("pk_told_troubles")),
    )
    # A publisher's last word was about an address that nobody has written down; one more answer renews it.
    op.execute(sa.text("UPDATE sources SET gone = false"))
