"""The plans of the statements that hosts execute, with what each read: `EXPLAIN (ANALYZE, BUFFERS)`."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event

from watchdesk.store.fleet_store import FleetStore

_PLANNED = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
_LONG = re.compile(r"'\{[^']{200,}'")
"""A list of parameters, as plans show it."""


class Plans:
    """By what was done, the statements of that and their plans."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, str]] = {}

    @contextmanager
    def of(self, store: FleetStore, name: str) -> Iterator[None]:
        """Notes the plan of each statement that the store executes meanwhile, when it is first executed."""
        found = self.found.setdefault(name, {})

        def before(_: Connection, cursor: Any, statement: str, values: Any, *_more: object) -> None:
            if not _PLANNED.match(statement) or statement in found:
                return
            found[statement] = ""
            one = values[0] if isinstance(values, list) else values
            with cursor.connection.cursor() as beside:
                beside.execute("SAVEPOINT before_looking")
                beside.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {statement}", one)
                lines = [line for (line,) in beside.fetchall()]
                beside.execute("ROLLBACK TO before_looking")
            found[statement] = _LONG.sub("'{…}'", "\n".join(lines))

        event.listen(store.database.engine, "before_cursor_execute", before)
        try:
            yield
        finally:
            event.remove(store.database.engine, "before_cursor_execute", before)

    def text(self) -> str:
        """All of them, to be read."""
        return "\n".join(_sections(self.found))


def _sections(found: dict[str, dict[str, str]]) -> Iterator[str]:
    for name, statements in found.items():
        yield f"== {name}\n"
        for statement, plan in statements.items():
            yield f"{' '.join(statement.split())}\n"
            yield f"{plan}\n"
