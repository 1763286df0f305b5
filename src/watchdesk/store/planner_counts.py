"""What the planners of the databases believe of the tables, from which they choose how a statement runs.

SQLite's counts are averages. They say that a state of deliveries holds as many as any other, when nearly all
were sent, and that a story was merged into any other; and those of a desk's first day say that every table
is small. By either, statements that are asked each second read whole tables
(`tests/store/test_statement_costs.py` reads their plans). Without counts SQLite takes the index that fits
best, and every statement has one; so there are none. PostgreSQL also counts the most frequent values, which
is what it takes here, and does so by itself, unless it is kept from it.
"""

from sqlalchemy import Connection, text

from watchdesk.store.database import Database

_COUNTED = ("sqlite_stat1", "sqlite_stat4")
_GROWN = text(
    "SELECT relname FROM pg_stat_user_tables WHERE schemaname = current_schema()"
    " AND n_mod_since_analyze > 1000 + n_live_tup / 5 ORDER BY n_mod_since_analyze DESC LIMIT 1"
)
"""Twice what PostgreSQL itself waits for."""


class PlannerCountRows:
    """The part of `ports.HealthStore` that keeps plans good."""

    _database: Database

    def renew_planner_counts(self) -> bool:
        """See `ports.HealthStore.renew_planner_counts`."""
        with self._database.read() as connection:
            if connection.dialect.name == "sqlite":
                table = _analyzed(connection)
            else:
                table = connection.execute(_GROWN).scalar()
        if table is None:
            return False
        with self._database.write() as connection:
            if connection.dialect.name == "sqlite":
                forget_counts(connection)
            else:
                quoted = connection.dialect.identifier_preparer.quote(table)
                connection.execute(text(f"ANALYZE {quoted}"))
        return True


def forget_counts(connection: Connection) -> None:
    """Within a writing transaction: removes what somebody had SQLite count, for every process at once."""
    while table := _analyzed(connection):
        connection.execute(text(f"DROP TABLE {table}"))


def _analyzed(connection: Connection) -> str | None:
    asked = text("SELECT name FROM sqlite_schema WHERE name IN (:first, :second)")
    first, second = _COUNTED
    name: str | None = connection.execute(asked, {"first": first, "second": second}).scalar()
    return name
