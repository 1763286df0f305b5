"""What digests tell of the past, silences, each attempt at a delivery, and which is next."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# SQLite numbers rows by itself only in a column whose type is exactly INTEGER.
ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Adds it; what was matched before, and was news, is taken to have happened when it was matched."""
    op.add_column("matches", sa.Column("happened_at", sa.BigInteger(), nullable=True))
    news = "EXISTS (SELECT 1 FROM places WHERE places.match_id = matches.id)"
    op.execute(sa.text(f"UPDATE matches SET happened_at = matched_at WHERE {news}"))  # noqa: S608 - ours
    op.create_index("ix_matches_rule_id_happened_at", "matches", ["rule_id", "happened_at"])
    op.create_index(op.f("ix_deliveries_sent_at"), "deliveries", ["sent_at"])
    op.create_index(op.f("ix_places_digest_id"), "places", ["digest_id"])
    op.create_index(op.f("ix_digests_composed_at"), "digests", ["composed_at"])
    op.add_column("digest_marks", sa.Column("gone_since", sa.BigInteger(), nullable=True))
    op.add_column("story_keys", sa.Column("seen_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "attempts",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name=op.f("fk_attempts_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index("ix_attempts_channel_at", "attempts", ["channel", "at"])
    op.create_index(op.f("ix_attempts_delivery_id"), "attempts", ["delivery_id"])
    op.drop_index("ix_deliveries_state_due_at", "deliveries")
    op.create_index(
        "ix_deliveries_state_channel_due_at_id", "deliveries", ["state", "channel", "due_at", "id"]
    )
    op.create_table(
        "silences",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
    )
    op.create_index(op.f("ix_silences_rule_id"), "silences", ["rule_id"])
