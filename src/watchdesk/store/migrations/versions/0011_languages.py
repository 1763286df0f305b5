"""An index by which the languages of recent articles are told at once."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Makes it."""
    op.create_index("ix_articles_language_first_seen", "articles", ["language", "first_seen"])
