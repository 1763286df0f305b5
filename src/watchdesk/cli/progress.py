"""A progress bar while the archive is read; none if standard error is not a terminal."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from watchdesk.cli.session import stderr

Item = TypeVar("Item")


@contextmanager
def counted_on_a_bar(items: Iterable[Item], total: int, what: str) -> Iterator[Iterable[Item]]:
    """The items, each of which advances the bar; `total` of them are expected."""
    console = stderr()
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield progress.track(items, total=total)
