"""Twenty new articles take as many statements as two: what a poll costs does not grow by round trips."""

from sqlalchemy import event

from store.test_store import NOW, STATE
from store.test_stories import told
from watchdesk.model import Ingested
from watchdesk.store import SqlStore

MOST = 20
"""Statements that write articles, stories, matches, their places and the state, on either database."""


def articles(count: int, first: int) -> list[Ingested]:
    """With nothing in common."""
    return [
        told(n, "paper", f"Title {n}", " ".join(f"word{n}x{place}" for place in range(30)))
        for n in range(first, first + count)
    ]


def statements(store: SqlStore, items: list[Ingested]) -> list[str]:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(store._database.engine, "before_cursor_execute", note)
    store.ingest(items, STATE, NOW)
    event.remove(store._database.engine, "before_cursor_execute", note)
    return said


def test_statements_do_not_grow_with_the_articles_of_a_poll(store: SqlStore) -> None:
    store.ingest(articles(1, 900), STATE, NOW)
    few, many = statements(store, articles(2, 0)), statements(store, articles(20, 100))
    assert len(few) == len(many) <= MOST, "\n".join(many)
