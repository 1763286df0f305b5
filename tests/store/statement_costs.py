"""What the statements of a store cost while it is used: their plans, and the rows that they read.

SQLite counts the instructions of its virtual machine, some ten for each row that it looks at. PostgreSQL
says of each step of a plan how many rows it met.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, event

from watchdesk.store import SqlStore

_EACH = 200
"""Instructions between two counts."""


@dataclass
class Cost:
    """Of one execution of a statement."""

    statement: str
    rows: int = 0
    """Looked at, about."""
    scans: list[str] = field(default_factory=list)
    """Tables that are read as a whole."""
    plan: str = ""


@contextmanager
def watched(store: SqlStore) -> Iterator[list[Cost]]:
    """Everything that is executed meanwhile."""
    costs: list[Cost] = []
    engine = store._database.engine
    watch = _Sqlite(costs) if engine.dialect.name == "sqlite" else _PostgreSql(costs)
    event.listen(engine, "before_cursor_execute", watch.before)
    event.listen(engine, "after_cursor_execute", watch.after)
    try:
        yield costs
    finally:
        event.remove(engine, "before_cursor_execute", watch.before)
        event.remove(engine, "after_cursor_execute", watch.after)


_UNPLANNED = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|PRAGMA|ANALYZE|SHOW|SET)\b", re.I)


class _Sqlite:
    """Rows are read after `execute`, too, so an execution is counted until the next one begins."""

    def __init__(self, costs: list[Cost]) -> None:
        self.costs = costs

    def before(self, connection: Connection, _cursor: Any, statement: str, values: Any, *_: object) -> None:
        raw: Any = connection.connection.dbapi_connection
        raw.set_progress_handler(None, 0)
        if _UNPLANNED.match(statement):
            return
        cost = Cost(statement)
        self.costs.append(cost)
        asked = "EXPLAIN QUERY PLAN " + statement
        lines = [row[3] for row in raw.execute(asked, _one(values))]
        cost.plan = "\n".join(lines)
        cost.scans = [line.split()[1] for line in lines if re.match(r"SCAN \w+$", line)]

        def count() -> int:
            cost.rows += _EACH // 10
            return 0

        raw.set_progress_handler(count, _EACH)

    def after(self, *_: object) -> None:
        pass


class _PostgreSql:
    def __init__(self, costs: list[Cost]) -> None:
        self.costs = costs

    def before(self, _connection: Connection, cursor: Any, statement: str, values: Any, *_: object) -> None:
        for one in statement.split("; "):  # several may go in one message
            self._look(cursor, one, values)

    def _look(self, cursor: Any, statement: str, values: Any) -> None:
        if _UNPLANNED.match(statement):
            return
        cost = Cost(statement)
        self.costs.append(cost)
        if statement.startswith("INSERT") and "SELECT" not in statement:
            return  # it cannot be done twice
        alone = cursor.connection.autocommit
        with cursor.connection.cursor() as beside:
            beside.execute("BEGIN" if alone else "SAVEPOINT before_looking")
            asked = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}"
            beside.execute(asked, _one(values))
            (found,) = beside.fetchone()
            beside.execute("ROLLBACK" if alone else "ROLLBACK TO before_looking")
        cost.plan = json.dumps(found, indent=1)
        for node in _nodes(found[0]["Plan"]):
            if "Scan" in node["Node Type"]:
                met = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
                cost.rows += sum(node.get(name, 0) for name in met) * node["Actual Loops"]
            if node["Node Type"] == "Seq Scan":
                cost.scans.append(node["Relation Name"])

    def after(self, *_: object) -> None:
        pass


def _one(values: Any) -> Any:
    """The values of one of many executions."""
    return (
        values[0]
        if values and not isinstance(values, dict) and isinstance(values[0], tuple | dict)
        else values
    )


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)
