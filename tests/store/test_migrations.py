"""A database of an older watchdesk, with what was in it, and a new one, which no migration makes."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from watchdesk.model import Standing
from watchdesk.store import open_store
from watchdesk.store.database import Database, database_url
from watchdesk.store.opening import migrate, newest_revision
from watchdesk.store.tables import metadata

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MICROSECONDS = 1_772_366_400_000_000
"""NOW, as the tables have it."""


def test_what_was_matched_before_counts_as_found_where_it_was_news(
    new_storage: Callable[[], str], tmp_path: Path
) -> None:
    storage = new_storage()
    old = Database(database_url(storage, tmp_path))
    with old.write() as connection:
        migrate(connection, to="0002")
        connection.execute(text("INSERT INTO stories (id) VALUES (1)"))
        for number in (1, 2):
            article = {"id": number, "now": MICROSECONDS}
            connection.execute(
                text(
                    "INSERT INTO articles (id, source_id, story_id, title, published_known, first_seen,"
                    " sections, categories, source_tags, removed, content_hash)"
                    " VALUES (:id, 'wire', 1, 'T', 'absent', :now, '[]', '[]', '[]', '[]', '')"
                ),
                article,
            )
            connection.execute(
                text(
                    "INSERT INTO matches (id, article_id, rule_id, score, spans, snippet, title_marks,"
                    " matched_at, revised)"
                    " VALUES (:id, :id, 'nato', 1, '[]', '[\"\", []]', '[]', :now, false)"
                ),
                article,
            )
        connection.execute(text("INSERT INTO places (digest_name, match_id) VALUES ('flash', 1)"))
    old.close()
    store = open_store(storage, tmp_path)
    assert store.match_counts(["nato"], [(NOW - timedelta(days=1), NOW + timedelta(days=1))]) == {
        "nato": {NOW: 1}
    }
    assert [waiting.rule_id for waiting in store.waiting("flash")] == ["nato"]
    standings = [store.matches(number)[0].standing for number in (1, 2)]
    assert standings == [Standing.NEWS, None]  # why the second went to the archive only, nobody knows
    store.close()


def test_an_older_database_takes_addresses_of_every_length_after_the_upgrade(
    storage: str, tmp_path: Path
) -> None:
    long = "http://e.org/" + "".join(hashlib.sha256(b"%d" % n).hexdigest() for n in range(60))
    insert = text(
        "INSERT INTO articles (id, source_id, story_id, url, title, published_known, first_seen,"
        " sections, categories, source_tags, removed, content_hash)"
        " VALUES (:id, 'wire', 1, :url, 'T', 'absent', 0, '[]', '[]', '[]', '[]', '')"
    )
    old = Database(database_url(storage, tmp_path))
    with old.write() as connection:
        migrate(connection, to="0007")
        connection.execute(text("INSERT INTO stories (id) VALUES (1)"))
        connection.execute(insert, {"id": 1, "url": "http://e.org/1"})
    store = open_store(storage, tmp_path)
    with old.write() as connection:
        connection.execute(insert, {"id": 2, "url": long})
    old.close()
    found = [store.articles_by_url(url, None, 9) for url in ("http://e.org/1", long)]
    assert [[article.id for article in each] for each in found] == [[1], [2]]
    store.close()


def test_the_newest_revision_is_the_one_that_alembic_would_go_to() -> None:
    scripts = ScriptDirectory(str(files("watchdesk.store") / "migrations"))
    assert newest_revision() == scripts.get_current_head()


def schema(connection: Connection) -> dict[str, Any]:
    """Of each table: its columns in their order, and its keys, constraints and indexes by their names."""
    found = inspect(connection)

    def told(index: Any) -> dict[str, Any]:
        options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
        return {**index, "dialect_options": options}

    def described(table: str) -> dict[str, Any]:
        columns = [{**column, "type": repr(column["type"])} for column in found.get_columns(table)]
        lists = (found.get_foreign_keys, found.get_unique_constraints, found.get_check_constraints)
        return {
            "columns": columns,
            "primary key": found.get_pk_constraint(table),
            "constraints": [sorted(each(table), key=repr) for each in lists],
            "indexes": sorted(map(told, found.get_indexes(table)), key=repr),
        }

    return {table: described(table) for table in sorted(found.get_table_names())}


def test_a_new_database_has_the_tables_that_the_migrations_lead_to(
    new_storage: Callable[[], str], tmp_path: Path
) -> None:
    found = []
    for name in ("made", "migrated"):
        directory = tmp_path / name
        directory.mkdir()
        storage = new_storage()
        database = Database(database_url(storage, directory))
        if name == "migrated":
            with database.write() as connection:
                migrate(connection)
        else:
            open_store(storage, directory).close()
        with database.read() as connection:
            revisions = connection.execute(text("SELECT version_num FROM alembic_version")).all()
            found.append((schema(connection), revisions))
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        database.close()
    made, migrated = found
    assert made == migrated
    assert len(made[0]) == len(metadata.tables) + 1
