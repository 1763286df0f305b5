"""The tables of stories: keys, what decides which one an article tells, and merges."""

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    literal_column,
)

from watchdesk.store.columns import Id, Moment, metadata, partial_index

stories = Table(
    "stories",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("began", Moment),
    # The story that it is part of by now, after all merges; `story_merges` has them one by one.
    Column("merged_into", Id, index=True),
)

story_keys = Table(
    "story_keys",
    metadata,
    Column("key", String, primary_key=True),
    Column("story_id", ForeignKey("stories.id"), nullable=False, index=True),
    # When an article with the key was last seen: a title alone says nothing after a day.
    Column("seen_at", Moment),
)

# All that decides which story a later article tells. The rows stay when articles are pruned.
story_members = Table(
    "story_members",
    metadata,
    # A row that is replaced gets a new number: who knows the rows up to one reads only those after it.
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("article_id", BigInteger, nullable=False, unique=True),
    Column("story_id", ForeignKey("stories.id"), nullable=False, index=True),
    Column("source_id", String, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("happened_at", Moment, nullable=False),
    # Days since 1970, under which its terms are counted.
    Column("day", Integer, nullable=False, index=True),
    # The reason: a value of `JoinedBy`, how near it was to the story and to which article, and the terms.
    Column("joined_by", String, nullable=False),
    Column("similarity", Float, nullable=False),
    Column("nearest", BigInteger),
    Column("carried_by", Text, nullable=False),
    Column("sharing", String),
    Column("shared_with", BigInteger),
    Column("containment", Float),
    # Terms are separated by spaces; weights are floats of 32 bits, little-endian.
    Column("title_terms", Text, nullable=False),
    Column("lead_terms", Text, nullable=False),
    Column("vector_terms", Text, nullable=False),
    Column("vector_weights", LargeBinary, nullable=False),
    Column("words", Integer, nullable=False),
    Column("every", Integer, nullable=False),
    Column("shingles", LargeBinary, nullable=False),
    Column("facts", LargeBinary, nullable=False),
)


def is_kept_whole() -> ColumnElement[bool]:
    """Members of which more than the reason is kept: those of the last weeks, which have an index."""
    return story_members.c.every > literal_column("0")


partial_index("ix_story_members_seen_at", story_members.c.seen_at, is_kept_whole())

# In how many articles of a day that is over each term was, compressed.
term_days = Table(
    "term_days",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("articles", Integer, nullable=False),
    Column("counts", LargeBinary, nullable=False),
)

story_merges = Table(
    "story_merges",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("story_id", ForeignKey("stories.id"), nullable=False, unique=True),
    Column("merged_into", ForeignKey("stories.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("similarity", Float, nullable=False),
    Column("carried_by", Text, nullable=False),
)
