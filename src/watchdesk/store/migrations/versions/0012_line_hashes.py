"""The lines of articles as hashes, by which what comes back in a source's articles is found.

Of the articles that are there already they stay NULL: those are compared by their texts.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Adds them."""
    op.add_column("articles", sa.Column("line_hashes", sa.LargeBinary(), nullable=True))
