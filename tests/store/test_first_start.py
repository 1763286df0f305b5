"""A process that makes a new database is killed at one of its statements: the next one makes it whole."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from watchdesk.store.tables import metadata

CHILDREN = """
import json, os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event, inspect
from watchdesk.store import Database, database_url, open_store

def begin(storage, directory, die_at):
    count = 0

    @event.listens_for(Engine, "before_cursor_execute")
    @event.listens_for(Engine, "commit")
    def step(*_):
        nonlocal count
        count += 1
        if count == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    open_store(storage, directory).close()
    return count

def tables(storage, directory):
    database = Database(database_url(storage, directory))
    try:
        with database.read() as connection:
            return len(inspect(connection).get_table_names())
    finally:
        database.close()

for line in sys.stdin:
    storage, directory, die_at = json.loads(line)
    child = os.fork()
    if child == 0:
        os._exit(begin(storage, Path(directory), die_at))
    _, status = os.waitpid(child, 0)
    left = tables(storage, Path(directory))
    open_store(storage, Path(directory)).close()
    whole = tables(storage, Path(directory))
    print(json.dumps([-1 if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), left, whole]), flush=True)
"""


@pytest.fixture
def children() -> Iterator[subprocess.Popen[str]]:
    """Each opens the store, and dies where it is told to."""
    command = [sys.executable, "-c", CHILDREN]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        yield running


def test_a_death_while_the_tables_are_made_leaves_none_and_the_next_start_makes_all(
    new_storage: Callable[[], str], tmp_path: Path, children: subprocess.Popen[str]
) -> None:
    def begin(die_at: int) -> tuple[int, int, int]:
        """The steps of one that lives, else -1; the tables that it left, and those after the next start."""
        assert children.stdin
        assert children.stdout
        directory = tmp_path / str(die_at)
        directory.mkdir()
        children.stdin.write(json.dumps([new_storage(), str(directory), die_at]) + "\n")
        children.stdin.flush()
        steps, left, whole = json.loads(children.stdout.readline())
        return steps, left, whole

    tables = len(metadata.tables) + 1
    steps, *lived = begin(die_at=0)
    assert lived == [tables, tables]
    found = [begin(number) for number in (1, steps // 2, steps - 1, steps)]
    assert {(died, whole) for died, _, whole in found} == {(-1, tables)}
    assert [left for _, left, _ in found[:2]] == [0, 0]
    assert {left for _, left, _ in found[2:]} <= {0, tables}
