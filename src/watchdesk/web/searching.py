"""What `/articles` and `/api/v1/articles` search, as somebody typed it; only a few searches run at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from watchdesk.config import parse_duration
from watchdesk.documents.searches import PATIENCE, Searched, Spot, newest_articles, search_archive
from watchdesk.errors import ConfigurationError
from watchdesk.rules import Query
from watchdesk.web.asked import Asked, number_of
from watchdesk.web.paging import moment_cursor, not_ours, place_of
from watchdesk.web.playground.messages import Parse, Parsed
from watchdesk.web.rules_asked import ask
from watchdesk.web.turns import Turns

LONGEST = 50_000
"""Characters of a query."""
_AT_ONCE, _WAITING = 2, 1
"""Searches that run beside each other, or wait; the other threads of the page stay free for pages."""
_PATIENCE = 8.0
"""Seconds that one waits for its turn."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A search as it was typed."""

    query: str = ""
    since: str = ""
    """An age, such as 30d; empty: however old."""
    cursor: str | None = None


class NotUnderstood(Exception):
    """The query, or the age, is not written as it has to be; the lines say where, and what helps."""


class Searching:
    """One for each process."""

    def __init__(self, patience: float = PATIENCE) -> None:
        """`patience`: seconds that a search takes at most."""
        self.patience = patience
        self._turns = Turns(_AT_ONCE, _WAITING, _PATIENCE)

    def search(self, asked: Asked, typed: Typed, limit: int) -> Searched:
        """A page. Raises `NotUnderstood`, `Refusal`, `TooBusy`, and `StorageError`."""
        query, since, before = _query(asked, typed.query), _since(asked, typed.since), spot_of(typed.cursor)
        with self._turns.taken(), asked.desk.reading() as store:
            if query is None:
                return newest_articles(store, limit, since=since, before=before)
            return search_archive(store, query, limit, since=since, before=before, patience=self.patience)


SEARCHING = Searching()


def _query(asked: Asked, text: str) -> Query | None:
    if not text.strip():
        return None
    if len(text) > LONGEST:
        raise NotUnderstood(f"A query may have {LONGEST:,} characters here.")
    if "@" in text:  # the lists are in the files
        parsed = ask(asked, Parse(text), Parsed)
        if parsed.query is None:
            raise NotUnderstood(parsed.mistakes)
        return parsed.query
    try:
        return Query.parse(text)
    except ConfigurationError as error:
        raise NotUnderstood(str(error)) from None


def _since(asked: Asked, text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        return asked.now - parse_duration(text.strip())
    except (ValueError, OverflowError) as error:
        raise NotUnderstood(f"since: {error}") from None


def spot_of(cursor: str | None) -> Spot | None:
    """Where a cursor leads in the archive. Raises `Refusal`."""
    place = place_of(cursor)
    if place is None:
        return None
    seen, text = place
    number = number_of(text)
    if number is None:
        raise not_ours()
    return seen, number


def cursor_of(spot: Spot | None) -> str | None:
    """What leads there."""
    return moment_cursor(spot[0], str(spot[1])) if spot else None


def typed_in(query: Mapping[str, str]) -> Typed:
    """The search that an address names."""
    return Typed(query.get("query", ""), query.get("since", ""), query.get("cursor"))
