"""What all tables share: how moments and numbers are kept, and their metadata."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Dialect, Index, Integer, MetaData
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, stored exactly and compared as a number."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's hook
        """To microseconds."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's hook
        """From microseconds."""
        return None if value is None else EPOCH + value * MICROSECOND


# SQLite numbers rows by itself only in a column whose type is exactly INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


PARTIAL: dict[str, ColumnElement[bool]] = {}
"""By name of an index: which rows it has. What makes the tables says so to its dialect."""


def partial_index(name: str, column: Column[Any], where: ColumnElement[bool]) -> None:
    """An index of some rows of a table.

    An index that is told of its rows here and now would load every dialect, at every start.
    """
    PARTIAL[name] = where
    Index(name, column)
