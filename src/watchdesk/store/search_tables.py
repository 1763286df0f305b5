"""The tables of the index by which the archive is searched."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from watchdesk.store.columns import Id, Moment, metadata

# One row, with the number 1.
search_index = Table(
    "search_index",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    # With which terms the segments were made (`archive.terms.terms_version`).
    Column("terms_version", Text, nullable=False),
    # No article up to this number is in the index, however old the row is; 0: all may be.
    Column("unindexed_to", BigInteger, nullable=False),
    # Who builds it, and for how long nobody else does.
    Column("holder", String),
    Column("held_until", Moment),
    # Which segments it has to have (`index_state`).
    Column("manifest", Text),
)

# Articles that were inserted or rewritten since they were put into the index. Numbers never come again, so
# that who has read a row deletes that row and no later one.
search_pending = Table(
    "search_pending",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    # The number stays when the article is pruned.
    Column("article_id", BigInteger, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Index("ix_search_pending_first_seen_article_id", "first_seen", "article_id"),
    sqlite_autoincrement=True,
)

# A segment never changes once it is live. Numbers never come again.
search_segments = Table(
    "search_segments",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    # A value of `SegmentState`.
    Column("state", String, nullable=False),
    Column("documents", Integer, nullable=False),
    # Of its newest and its oldest article.
    Column("newest_seen", Moment),
    Column("newest_id", BigInteger),
    Column("oldest_seen", Moment),
    # What is where in it, and its articles, newest first (`archive.segments`).
    Column("directory", LargeBinary),
    Column("articles", LargeBinary),
    sqlite_autoincrement=True,
)

search_parts = Table(
    "search_parts",
    metadata,
    Column("segment_id", ForeignKey("search_segments.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("terms", LargeBinary, nullable=False),
    Column("postings", LargeBinary, nullable=False),
)
