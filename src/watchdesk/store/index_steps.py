"""Keeps statements on the index that fits, so that what they cost does not grow with the archive.

The planners of both databases guess from counts, which may be old, and are missing in a new database. Where a
wrong guess reads all of a table, the statement leaves no choice.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, String, and_, func, or_, select

_AFTER = dict(zip("0123456789abcdefghijklmnopqrstuvwxy", "123456789abcdefghijklmnopqrstuvwxyz", strict=True))
"""Of digits and small letters, which every collation has in this order."""


def off_index(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column's value, as no index has it: the rows are found by something else, and then compared."""
    return column.concat("") if isinstance(column.type, String) else func.abs(column, type_=column.type)


def older_than(
    seen: ColumnElement[datetime], number: ColumnElement[int], before: tuple[datetime, int]
) -> ColumnElement[bool]:
    """What comes after `before` where the newest come first, by first seen and then by number."""
    older = or_(seen < before[0], number < before[1])
    # Said once more without OR: so a database finds the place by its index.
    return and_(seen <= before[0], older)


def begins_with(column: ColumnElement[str], beginning: str) -> ColumnElement[bool]:
    """Whether it does; by the index, where the beginning is of an id as we make them."""
    fits = column.startswith(beginning, autoescape=True)
    if beginning[-1:] not in _AFTER or not beginning.isalnum() or beginning != beginning.lower():
        return fits
    return and_(column >= beginning, column < beginning[:-1] + _AFTER[beginning[-1]], fits)


def distinct_values(column: ColumnElement[str]) -> CTE:
    """The values of a column with an index, as column `value`, each found by one step in it; the last is
    NULL.
    """
    lowest = select(func.min(column)).scalar_subquery()
    values = select(lowest.label("value")).cte(f"each_{column.key}", recursive=True)
    higher = select(func.min(column)).where(column > values.c.value).correlate(values).scalar_subquery()
    return values.union_all(select(higher).where(values.c.value.is_not(None)))
