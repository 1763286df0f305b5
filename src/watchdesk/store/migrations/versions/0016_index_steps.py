"""Indices by which statements find their answer however much history there is."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Makes them, in place of two that held what nobody asks for."""
    op.create_index("ix_matches_rule_id_matched_at", "matches", ["rule_id", "matched_at"])
    op.create_index("ix_deliveries_created_at", "deliveries", ["created_at"])
    op.create_index("ix_deliveries_channel_created_at", "deliveries", ["channel", "created_at"])
    op.create_index("ix_deliveries_digest_name_created_at", "deliveries", ["digest_name", "created_at"])
    op.create_index("ix_deliveries_channel_sent_at", "deliveries", ["channel", "sent_at"])
    _make_partial("ix_deliveries_sent_at", "deliveries", "sent_at", "note IS NOT NULL")
    _make_partial("ix_story_members_seen_at", "story_members", "seen_at", "every > 0")
    gone = "gone" if op.get_bind().dialect.name == "postgresql" else "gone = 1"
    unwell = f"{gone} OR error IS NOT NULL OR moved_polls > 0"
    _create_partial("ix_sources_unwell", "sources", "source_id", unwell)


def _make_partial(name: str, table: str, column: str, condition: str) -> None:
    op.drop_index(name, table)
    _create_partial(name, table, column, condition)


def _create_partial(name: str, table: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)
