"""An index of addresses that takes every length; a B-tree of PostgreSQL refuses 2,704 bytes."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Makes it a hash index on PostgreSQL: an address is only ever asked for as a whole."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index(op.f("ix_articles_url"), "articles")
        op.create_index(op.f("ix_articles_url"), "articles", ["url"], postgresql_using="hash")
