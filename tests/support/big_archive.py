"""An archive of hundreds of thousands of narrow rows in a few seconds, on both databases.

Nearly all of it is history that went out long ago, as on a desk that has run for years: one digest's, of one
rule, of a few sources. Beside it whoever needs an answer ingests what the answer is about.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, create_engine, event, text

from watchdesk.store.database import Database
from watchdesk.store.tables import metadata
from watchdesk.stories import TermDay

BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Shape:
    """What the history is made of."""

    rows: int = 400_000
    """Articles, and as many matches, places, stories and rows of each kind of key."""
    a_digest: int = 20
    """Articles in each issue of the digest `main`."""
    sources: int = 200
    spread: timedelta = timedelta(days=160)

    @property
    def ended(self) -> datetime:
        """When the newest of it was seen."""
        return BEGAN + self.spread


_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :rows) "
_AT = "(:began + CAST(n AS BIGINT) * :step)"
_DIGEST = "'digest ' || (n / :a_digest)"

# In the order of their foreign keys.
_ROWS = {
    "stories (id, began)": f"SELECT n, {_AT}",
    "articles (id, source_id, story_id, url, url_key, title, published_known, language, first_seen, sections,"
    " categories, source_tags, removed, content_hash)": (
        "SELECT n, 'source ' || (n % :sources), n, 'http://e.org/' || n, 'e.org/' || n, 'T', 'absent', 'en',"
        f" {_AT}, '[]', '[]', '[]', '[]', ''"
    ),
    "entry_keys (source_id, key, article_id, entry_hash)": (
        "SELECT 'source ' || (n % :sources), 'g:' || n, n, ''"
    ),
    "story_keys (key, story_id, seen_at)": f"SELECT 'u:' || n, n, {_AT}",
    "story_members (id, article_id, story_id, source_id, seen_at, happened_at, day, joined_by, similarity,"
    " carried_by, title_terms, lead_terms, vector_terms, vector_weights, words, every, shingles, facts)": (
        f"SELECT n, n, n, 'source ' || (n % :sources), {_AT}, {_AT}, {_AT} / 86400000000, 'new', 0, '', '',"
        " '', '', :nothing, 0, CASE WHEN n > :rows - 1000 THEN 1 ELSE 0 END, :nothing, :nothing"
    ),
    "term_days (day, articles, counts)": (
        "SELECT :began / 86400000000 + n - 1, 0, :no_terms FROM numbers WHERE n <= :days"
    ),
    "matches (id, article_id, rule_id, score, spans, snippet, title_marks, matched_at, revised, happened_at,"
    " standing)": (
        f"SELECT n, n, 'nato', 1, '[]', '[\"\", []]', '[]', {_AT}, false,"
        f" CASE WHEN n % 4 > 0 THEN {_AT} END, CASE WHEN n % 4 > 0 THEN 'news' ELSE 'too-old' END"
    ),
    "digests (id, name, composed_at, subject, html, text, json)": (
        f"SELECT {_DIGEST}, 'main', {_AT}, '', '', '', '' FROM numbers WHERE n % :a_digest = 0 OR n = 1"
    ),
    "places (id, digest_name, match_id, digest_id)": f"SELECT n, 'main', n, {_DIGEST}",
    "released_places (digest_name, match_id, reason, at)": (
        f"SELECT 'main', n, 'no-spike', {_AT} FROM numbers WHERE n % 4 = 0"
    ),
    "deliveries (id, digest_id, digest_name, channel, state, created_at, due_at, attempts, sent_at, taken,"
    " needs_person)": (
        f"SELECT 'x' || n, {_DIGEST}, 'main', 'desk ' || (n % 5), 'sent', {_AT}, {_AT}, 1, {_AT}, '[]', false"
        " FROM numbers WHERE n % 2 = 0"
    ),
    "attempts (delivery_id, channel, at)": (
        f"SELECT 'x' || n, 'desk ' || (n % 5), {_AT} FROM numbers WHERE n % 2 = 0"
    ),
    "digest_marks (name, known_since)": "SELECT 'main', :began FROM numbers WHERE n = 1",
    "sources (source_id, failures, trouble, gone, moved_polls)": (
        "SELECT 'source ' || (n - 1), 0, '[]', false, 0 FROM numbers WHERE n <= :sources"
    ),
}


def fill(database: Database, shape: Shape) -> None:
    """Writes the history into an empty database: without its indices, which are made afterwards."""
    engine = create_engine(database.url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous = OFF"))
    indices = [index for table in metadata.sorted_tables for index in table.indexes]
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SET session_replication_role = replica"))  # no look at foreign keys
            for index in indices:
                index.drop(connection)
            _fill(connection, shape)
            for index in indices:
                index.create(connection)
            if engine.dialect.name == "postgresql":
                _set_sequences(connection)
    finally:
        engine.dispose()


def _fill(connection: Connection, shape: Shape) -> None:
    values = {
        "rows": shape.rows,
        "began": _microseconds(BEGAN - _EPOCH),
        "step": _microseconds(shape.spread) // shape.rows,
        "a_digest": shape.a_digest,
        "sources": shape.sources,
        "nothing": b"",
        "days": shape.spread.days,
        "no_terms": TermDay.of(0, ()).counts,
    }
    for table, selected in _ROWS.items():
        source = selected if " FROM " in selected else f"{selected} FROM numbers"
        statement = text(f"INSERT INTO {table} {_NUMBERS}{source}")
        connection.execute(statement, {name: values[name] for name in values if f":{name}" in statement.text})


def _set_sequences(connection: Connection) -> None:
    for table in ("stories", "articles", "story_members", "matches", "places"):
        asked = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
        connection.execute(text(asked))


def _microseconds(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
