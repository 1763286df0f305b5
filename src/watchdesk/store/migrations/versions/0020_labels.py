"""What readers said of what rules found."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """A table of its own, without a tie to articles: a label outlives its article."""
    op.create_table(
        "labels",
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column(
            "article_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("judgement", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "article_id", name=op.f("pk_labels")),
    )
    op.create_index("ix_labels_article_id", "labels", ["article_id"])
