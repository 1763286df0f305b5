"""Pages of long lists, by cursors: what comes after the last row that was shown, whatever came meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from watchdesk.web.asked import Refusal

ROWS = 50
"""Rows of a page."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LONGEST = 17
"""Digits of a moment in microseconds, until after the year 3000."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Rows(Generic[_T]):
    """Some rows, and where the next ones begin; None: there are no more."""

    rows: Sequence[_T]
    next: str | None


def moment_cursor(moment: datetime, number: str) -> str:
    """The place of a row in a list by times and ids."""
    return f"{(moment - _EPOCH) // _MICROSECOND}.{number}"


def place_of(cursor: str | None) -> tuple[datetime, str] | None:
    """The place that a cursor names; None for the beginning. Raises `Refusal`."""
    if not cursor:
        return None
    digits, dot, number = cursor.partition(".")
    if not (
        dot and digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST and number.isprintable()
    ):
        raise not_ours()
    return _EPOCH + int(digits) * _MICROSECOND, number


def cut(rows: Sequence[_T], limit: int, cursor_of: Callable[[_T], str]) -> Rows[_T]:
    """The first `limit` of rows, of which one more than that was asked for."""
    shown = rows[:limit]
    return Rows(shown, cursor_of(shown[-1]) if len(rows) > limit else None)


def ranked(
    rows: Sequence[_T], limit: int, cursor: str | None, rank: Callable[[_T], int], name: Callable[[_T], str]
) -> Rows[_T]:
    """Some rows of a list in memory, those of a lower rank first, else in its order.

    A row whose rank has changed since the page before may be missing, or come twice. Raises `Refusal` where
    the row of the cursor is gone.
    """
    first = (-1, -1)
    if cursor:
        digits, dot, last = cursor.partition(".")
        position = next((place for place, row in enumerate(rows) if name(row) == last), None)
        if not (dot and digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST):
            raise not_ours()
        if position is None:
            raise Refusal(409, "The row of the cursor is gone.", to_do="Begin without one.")
        first = (int(digits), position)
    keyed = sorted((rank(row), place) for place, row in enumerate(rows))
    left = [key for key in keyed if key > first]
    shown = left[:limit]
    found = [rows[place] for _, place in shown]
    more = f"{shown[-1][0]}.{name(found[-1])}" if len(left) > limit else None
    return Rows(found, more)


def not_ours() -> Refusal:
    """For a cursor that leads nowhere."""
    return Refusal(400, "The cursor is not one of this list.", to_do="Begin without one.")
