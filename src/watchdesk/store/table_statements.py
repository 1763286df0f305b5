"""The statements that make the newest tables and their indices. What is in them, `tables` says."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import URL
from sqlalchemy.schema import CreateIndex, CreateTable

from watchdesk.store.columns import PARTIAL
from watchdesk.store.tables import metadata


@cache  # to compile them takes as long as to run them, and tests make a thousand databases
def making(driver: str) -> Sequence[str]:
    """In their order. `driver`: as an address for SQLAlchemy begins, such as `postgresql+psycopg`."""
    dialect, statements = URL.create(driver).get_dialect()(), list[str]()
    for table in metadata.sorted_tables:
        statements.append(str(CreateTable(table).compile(dialect=dialect)))
        for index in table.indexes:
            options = index.dialect_options[dialect.name]
            if (where := PARTIAL.get(str(index.name))) is not None:
                options["where"] = where
            if dialect.name == "postgresql" and index.name == "ix_articles_url":
                # An address may be longer than what its B-trees take (2,704 bytes). It is not said where the
                # index is declared, for that would load this dialect at every start.
                options["using"] = "hash"
            statements.append(str(CreateIndex(index).compile(dialect=dialect)))
    return tuple(statements)
