"""In how many articles of each day each term is: counted from rows, and kept once the day is over."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, select

from watchdesk.store.tables import story_members, term_days
from watchdesk.store.upserts import upsert_all
from watchdesk.stories import Frequencies, TermDay
from watchdesk.stories.thresholds import TERM_DAYS

_DAYS_KEPT = 2 * TERM_DAYS
_NOTHING: Mapping[int, TermDay] = {}


def frequencies_of(
    connection: Connection, day: int, counted: Mapping[int, TermDay] = _NOTHING, last: int = 0
) -> Frequencies:
    """Of a day, with what the rows up to a number add to it.

    `counted`: days that are over and may not be written yet.
    """
    before = select(term_days).where(term_days.c.day < day, term_days.c.day >= day - TERM_DAYS)
    days = {row.day: TermDay(*row) for row in connection.execute(before)}
    frequencies = Frequencies(day, {**days, **counted}.values())
    for terms in _terms(connection, and_(story_members.c.day == day, story_members.c.id <= last)):
        frequencies.add(terms)
    return frequencies


def close_days(
    connection: Connection, day: int, counted: Mapping[int, Callable[[], TermDay]]
) -> Mapping[int, TermDay]:
    """Writes the counts of days that are over and were not counted yet, and gives them back.

    `counted`: those that need not be counted once more, each with what gives its counts.
    """
    closed = count_open_days(connection, day, counted)
    connection.execute(delete(term_days).where(term_days.c.day < day - _DAYS_KEPT))
    rows = [{"day": one.day, "articles": one.articles, "counts": one.counts} for one in closed.values()]
    upsert_all(connection, term_days, rows)
    return closed


def count_open_days(
    connection: Connection, day: int, counted: Mapping[int, Callable[[], TermDay]]
) -> Mapping[int, TermDay]:
    """The same without writing."""
    closed: dict[int, TermDay] = {}
    for over in _open_days(connection, day):
        known = counted.get(over)
        closed[over] = known() if known else TermDay.of(over, _terms(connection, story_members.c.day == over))
    return closed


def _open_days(connection: Connection, day: int) -> Iterator[int]:
    """From one day with articles to the next by the index, as far back as days are kept."""
    asked = select(term_days.c.day).where(term_days.c.day >= day - _DAYS_KEPT)
    counted = set(connection.execute(asked).scalars())
    over = day - _DAYS_KEPT - 1
    next_one = select(func.min(story_members.c.day)).where(
        story_members.c.day > bindparam("over"), story_members.c.day < day
    )
    while (found := connection.execute(next_one, {"over": over}).scalar()) is not None:
        over = int(found)
        if over not in counted:
            yield over


def _terms(connection: Connection, chosen: Any) -> Iterator[frozenset[str]]:
    asked = select(story_members.c.title_terms, story_members.c.lead_terms).where(chosen)
    for row in connection.execute(asked):
        yield frozenset(f"{row.title_terms} {row.lead_terms}".split())
