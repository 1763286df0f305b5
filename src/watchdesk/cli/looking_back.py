"""Reads the archive for a command: Ctrl-C ends it at once, and a bar on a terminal shows how far it is."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from watchdesk.cli.interruption import ended_at_once
from watchdesk.cli.printing import Printer
from watchdesk.documents.words import counted, local
from watchdesk.model.archive import ArchivePage, LookBack
from watchdesk.ports import Archive

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_MOMENT = 0.4
"""Seconds after which the bar is shown."""
_NICE = 10
"""As the upkeep of the service has it."""
_BAR = 20
"""Columns: where a bar takes a whole line, the ^C that a terminal shows spoils what is below it."""


@contextmanager
def looking_back(
    archive: Archive, asked: LookBack, zone: tzinfo, printer: Printer | None = None, *, bar: bool = True
) -> Iterator[Iterator[ArchivePage]]:
    """The pages of the archive.

    `printer`: prints results meanwhile. Where it prints on a terminal, they scroll above the bar, which is on
    standard error otherwise, or nowhere if that is no terminal. `bar`: False where something else is written
    to the terminal meanwhile.
    """
    screens = (printer, Printer(stderr=True)) if bar else ()
    bars = [one for one in screens if one and one.is_terminal][:1]
    with ended_at_once(archive.interrupt), ExitStack() as shown:
        pages = _giving_way(archive.look_back(asked), shown)
        yield _Bar(archive, asked, zone, bars[0], shown).beside(pages) if bars else pages


def pages_of(archive: Archive, zone: tzinfo) -> Callable[[LookBack], Iterator[ArchivePage]]:
    """The same for who asks the archive by a function."""

    def pages(asked: LookBack) -> Iterator[ArchivePage]:
        with looking_back(archive, asked, zone) as found:
            yield from found

    return pages


def _giving_way(pages: Iterator[ArchivePage], undo: ExitStack) -> Iterator[ArchivePage]:
    """The pages; a command that takes longer than a moment leaves the processor to the service."""
    begun, before = time.monotonic(), os.getpriority(os.PRIO_PROCESS, 0)
    gives_way = before >= _NICE
    for page in pages:
        yield page
        if not gives_way and time.monotonic() - begun > _MOMENT:
            gives_way = True
            undo.callback(_set_priority, before)
            _set_priority(_NICE)


def _set_priority(nice: int) -> None:
    with suppress(OSError):  # only root gets back what was given away, and the command ends anyway
        os.setpriority(os.PRIO_PROCESS, 0, nice)


class _Bar:
    """How far back the archive has been read, from its newest article to the oldest that is asked for."""

    def __init__(
        self, archive: Archive, asked: LookBack, zone: tzinfo, printer: Printer, shown: ExitStack
    ) -> None:
        self._archive, self._asked, self._zone = archive, asked, zone
        self._printer, self._shown = printer, shown
        self._drawn: tuple[Progress, TaskID] | None = None

    def beside(self, pages: Iterator[ArchivePage]) -> Iterator[ArchivePage]:
        """The pages, each of which advances the bar."""
        begun, newest = time.monotonic(), None
        for page in pages:
            newest = newest or page.articles[0].article.first_seen
            if time.monotonic() - begun > _MOMENT:
                self._advance(page, newest)
            yield page

    def _advance(self, page: ArchivePage, newest: datetime) -> None:
        progress, task = self._drawn or self._draw(newest)
        reached = page.articles[-1].article.first_seen
        progress.update(
            task,
            completed=(newest - reached).total_seconds(),
            description=f"{counted(page.read, 'article')} read, back to {local(reached, self._zone)}",
        )

    def _draw(self, newest: datetime) -> "tuple[Progress, TaskID]":
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415 - heavy

        columns = (TextColumn("{task.description}"), BarColumn(_BAR), TimeRemainingColumn())
        progress = Progress(*columns, console=self._printer.rich, transient=True)
        oldest = self._archive.oldest_article(self._asked.since) or newest
        self._drawn = (
            self._shown.enter_context(progress),
            progress.add_task("", total=(newest - oldest).total_seconds()),
        )
        return self._drawn
