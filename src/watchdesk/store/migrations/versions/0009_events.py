"""What decides which story an article tells, why it is in it, and which stories turned out to be one."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

# SQLite numbers rows by itself only in a column whose type is exactly INTEGER.
ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Adds it. Articles from before have none of it, and are still found by their keys."""
    op.create_table(
        "story_members",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("joined_by", sa.String(), nullable=False),
        sa.Column("similarity", sa.Float(), nullable=False),
        sa.Column("nearest", sa.BigInteger(), nullable=True),
        sa.Column("carried_by", sa.Text(), nullable=False),
        sa.Column("sharing", sa.String(), nullable=True),
        sa.Column("shared_with", sa.BigInteger(), nullable=True),
        sa.Column("containment", sa.Float(), nullable=True),
        sa.Column("title_terms", sa.Text(), nullable=False),
        sa.Column("lead_terms", sa.Text(), nullable=False),
        sa.Column("vector_terms", sa.Text(), nullable=False),
        sa.Column("vector_weights", sa.LargeBinary(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("shingles", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_story_members_story_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_members")),
        sa.UniqueConstraint("article_id", name=op.f("uq_story_members_article_id")),
    )
    for column in ("story_id", "seen_at", "day"):
        op.create_index(op.f(f"ix_story_members_{column}"), "story_members", [column])
    op.create_table(
        "term_days",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_term_days")),
    )
    op.create_table(
        "story_merges",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("merged_into", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("similarity", sa.Float(), nullable=False),
        sa.Column("carried_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_story_merges_story_id")),
        sa.ForeignKeyConstraint(["merged_into"], ["stories.id"], name=op.f("fk_story_merges_merged_into")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_merges")),
        sa.UniqueConstraint("story_id", name=op.f("uq_story_merges_story_id")),
    )
    op.create_index(op.f("ix_story_merges_merged_into"), "story_merges", ["merged_into"])
    op.add_column("stories", sa.Column("merged_into", ID, nullable=True))
    op.create_index(op.f("ix_stories_merged_into"), "stories", ["merged_into"])
