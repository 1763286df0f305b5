"""How far long work with rows has come: a line on a terminal, and nothing elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from watchdesk.cli.session import stderr


@contextmanager
def counted_rows(what: str) -> Iterator[Callable[[int], object]]:
    """What is given is told of each number of rows that was done."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - for terminals

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,} rows"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=stderr(), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda rows: progress.advance(task, rows)
