"""The tables, as the newest migration leaves them. Times are microseconds since 1970, in UTC.

A new database is made from these. Columns are in the order in which migrations added them.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    literal_column,
    or_,
)

from watchdesk.store.columns import Id, Moment, partial_index
from watchdesk.store.columns import metadata as metadata
from watchdesk.store.dictionaries import Kind
from watchdesk.store.dictionaries import dictionaries as dictionaries
from watchdesk.store.packing import packed_json, packed_text
from watchdesk.store.search_tables import search_index as search_index
from watchdesk.store.search_tables import search_parts as search_parts
from watchdesk.store.search_tables import search_pending as search_pending
from watchdesk.store.search_tables import search_segments as search_segments
from watchdesk.store.story_tables import stories as stories
from watchdesk.store.story_tables import story_keys as story_keys
from watchdesk.store.story_tables import story_members as story_members
from watchdesk.store.story_tables import story_merges as story_merges
from watchdesk.store.story_tables import term_days as term_days

sources = Table(
    "sources",
    metadata,
    Column("source_id", String, primary_key=True),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", String),
    Column("next_poll", Moment),
    Column("last_attempt", Moment),
    Column("last_success", Moment),
    Column("last_new", Moment),
    Column("status", Integer),
    Column("failures", Integer, nullable=False),
    Column("error", Text),
    Column("trouble", JSON, nullable=False),
    Column("title", Text),
    Column("gone", Boolean, nullable=False),
    Column("url", Text),
    Column("selected", Text),
    Column("moved_to", Text),
    Column("moved_polls", Integer, nullable=False, server_default="0"),
    Column("held_until", Moment),
    Column("hints", JSON(none_as_null=True)),
    Column("rhythm", JSON(none_as_null=True)),
    Column("window", Integer, nullable=False, server_default="0"),
    Column("gaps", Integer, nullable=False, server_default="0"),
    Column("last_gap", Moment),
    Column("parts", JSON(none_as_null=True)),
    Column("guid_doubt", JSON(none_as_null=True)),
)


def is_unwell() -> ColumnElement[bool]:
    """Sources about which there may be something to say: few, and they have an index of their own."""
    return or_(sources.c.gone, sources.c.error.is_not(None), sources.c.moved_polls > literal_column("0"))


partial_index("ix_sources_unwell", sources.c.source_id, is_unwell())

articles = Table(
    "articles",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("source_id", String, nullable=False),
    Column("story_id", ForeignKey("stories.id"), nullable=False, index=True),
    Column("url", Text),
    Column("url_key", Text, index=True),
    Column("title", Text, nullable=False),
    Column("byline", Text),
    Column("published_at", Moment),
    Column("published_known", String, nullable=False),
    Column("language", String),
    Column("first_seen", Moment, nullable=False),
    Column("sections", packed_json(Kind.ARTICLES), nullable=False),
    Column("categories", JSON, nullable=False),
    Column("source_tags", JSON, nullable=False),
    Column("removed", packed_json(Kind.ARTICLES), nullable=False),
    Column("content_hash", String, nullable=False),
    Column("updated_at", Moment),
    # Hashes of its lines, eight bytes each; NULL: of an article from before they were kept.
    Column("line_hashes", LargeBinary),
    Index("ix_articles_url", "url"),  # by hash on PostgreSQL, as `opening` says
    Index("ix_articles_first_seen_id", "first_seen", "id"),
    Index("ix_articles_source_id_first_seen", "source_id", "first_seen"),
    Index("ix_articles_language_first_seen", "language", "first_seen"),
)

# What an entry said, where the article says more because its own page was read.
wordings = Table(
    "wordings",
    metadata,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
)

# What articles said before their sources corrected them; `revisions` says how to read it.
revisions = Table(
    "revisions",
    metadata,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("until", Moment, nullable=False),
    Column("difference", LargeBinary, nullable=False),
)

entry_keys = Table(
    "entry_keys",
    metadata,
    Column("source_id", String, primary_key=True),
    Column("key", String, primary_key=True),
    # The number stays when the article is pruned: its feed may still list it.
    Column("article_id", BigInteger, nullable=False, index=True),
    Column("entry_hash", String, nullable=False),
    # When its feed was last seen to list it, within a week; NULL: of before that was noted.
    Column("listed_at", Moment),
)

pages_to_fetch = Table(
    "pages_to_fetch",
    metadata,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("source_id", String, nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("sections", JSON, nullable=False),
    Column("since", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try", Moment, nullable=False, index=True),
    Column("error", Text, nullable=False),
)

matches = Table(
    "matches",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("rule_id", String, nullable=False),
    Column("score", Float, nullable=False),
    Column("spans", JSON, nullable=False),
    Column("snippet", JSON, nullable=False),
    Column("title_marks", JSON, nullable=False),
    Column("matched_at", Moment, nullable=False),
    Column("revised", Boolean, nullable=False),
    # When the event it reports happened: published, where that is known, else first seen.
    Column("happened_at", Moment),
    # Whether it may alert: a value of `Standing`; NULL where the reason was not recorded yet.
    Column("standing", String),
    UniqueConstraint("article_id", "rule_id"),
    Index("ix_matches_rule_id_happened_at", "rule_id", "happened_at"),
    Index("ix_matches_rule_id_matched_at", "rule_id", "matched_at"),
)

digests = Table(
    "digests",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("composed_at", Moment, nullable=False, index=True),
    Column("scheduled", Moment),
    Column("subject", Text, nullable=False),
    Column("html", packed_text(Kind.DIGESTS), nullable=False),
    Column("text", packed_text(Kind.DIGESTS), nullable=False),
    Column("json", packed_text(Kind.DIGESTS), nullable=False),
    UniqueConstraint("name", "scheduled"),
)

places = Table(
    "places",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("digest_name", String, nullable=False),
    Column("match_id", ForeignKey("matches.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("digest_id", ForeignKey("digests.id"), index=True),
    UniqueConstraint("digest_name", "match_id"),
    Index("ix_places_digest_name_digest_id", "digest_name", "digest_id"),
)

released_places = Table(
    "released_places",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("digest_name", String, nullable=False),
    Column("match_id", ForeignKey("matches.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("reason", String, nullable=False),
    Column("at", Moment, nullable=False),
    # Of what was not wanted: how many sources told its story, and how many were wanted.
    Column("sources", Integer),
    Column("sources_wanted", Integer),
    Index("ix_released_places_digest_name_at", "digest_name", "at"),
)

digest_marks = Table(
    "digest_marks",
    metadata,
    Column("name", String, primary_key=True),
    Column("known_since", Moment, nullable=False),
    Column("last_composed", Moment),
    Column("last_scheduled", Moment),
    Column("gone_since", Moment),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String, primary_key=True),
    Column("digest_id", ForeignKey("digests.id"), nullable=False, index=True),
    Column("digest_name", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("state", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("holder", String),
    Column("leased_until", Moment),
    Column("error", Text),
    Column("sent_at", Moment),
    Column("note", Text),
    Column("taken", JSON, nullable=False, server_default="[]"),
    Column("needs_person", Boolean, nullable=False, server_default=false()),
    Index("ix_deliveries_state_channel_due_at_id", "state", "channel", "due_at", "id"),
    Index("ix_deliveries_created_at", "created_at"),
    Index("ix_deliveries_channel_created_at", "channel", "created_at"),
    Index("ix_deliveries_digest_name_created_at", "digest_name", "created_at"),
    Index("ix_deliveries_channel_sent_at", "channel", "sent_at"),
)
# Of the few to which their receivers said something.
partial_index("ix_deliveries_sent_at", deliveries.c.sent_at, deliveries.c.note.is_not(None))

attempts = Table(
    "attempts",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("delivery_id", ForeignKey("deliveries.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("channel", String, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_attempts_channel_at", "channel", "at"),
)

silences = Table(
    "silences",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("rule_id", String, nullable=False, index=True),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
)

labels = Table(
    "labels",
    metadata,
    Column("rule_id", String, primary_key=True),
    # No foreign key: a label outlives its article.
    Column("article_id", Id, primary_key=True, autoincrement=False, index=True),
    Column("judgement", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", String, nullable=False),
    Column("fingerprint", String, nullable=False),
)

stopped_channels = Table(
    "stopped_channels",
    metadata,
    Column("channel", String, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("stopped_at", Moment, nullable=False),
)

told_troubles = Table(
    "told_troubles",
    metadata,
    Column("cause", Text, primary_key=True),
    Column("told_at", Moment, nullable=False),
    # What is said when it is over, and what is well again then; NULL: nothing.
    Column("recovery", Text),
    Column("subject", Text),
    # Ended by a person: should it come again, it is told again.
    Column("is_over", Boolean, nullable=False, server_default=false()),
    # What else it is about: its owners hear the end as well.
    Column("concerns", JSON, nullable=False, server_default="[]"),
)

notes = Table(
    "notes", metadata, Column("name", String, primary_key=True), Column("value", Text, nullable=False)
)
