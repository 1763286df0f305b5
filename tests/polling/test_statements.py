"""How many statements a poll takes: as many for twenty new entries as for two, and one look at known keys."""

from pathlib import Path

from sqlalchemy import event

from support.polls import Feed, Item, words
from watchdesk.store import open_store

MOST = 26
"""Statements of a poll that brings articles, those that begin and end transactions aside."""


def item(number: int) -> Item:
    return Item(
        f"Report number {number}", words(f"event{number}x"), str(number), f"https://e.org/2026/{number}"
    )


def test_statements_of_a_poll_do_not_grow_with_its_new_entries(tmp_path: Path) -> None:
    store = open_store("sqlite", tmp_path)
    feed = Feed(store)
    feed.poll(*map(item, range(20)))
    said: list[str] = []
    event.listen(store._database.engine, "before_cursor_execute", lambda *given: said.append(given[2]))

    def statements(first: int) -> list[str]:
        said.clear()
        feed.poll(*map(item, range(first, first + 20)))
        return [statement for statement in said if not statement.startswith("BEGIN")]

    nothing, few, many = statements(0), statements(2), statements(30)
    assert len([statement for statement in nothing if "entry_keys" in statement]) == 1
    assert len(few) == len(many) <= MOST, "\n".join(many)
    store.close()
