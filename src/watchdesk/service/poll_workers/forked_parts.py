"""What the processes are made of that are forked: loaded once, in the process that forks them."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import assert_never

from watchdesk.app import polling_plan, store_beside
from watchdesk.configuration import Configuration
from watchdesk.errors import StorageError
from watchdesk.plan import Clock
from watchdesk.service.poll_workers.messages import NewReader
from watchdesk.service.poll_workers.sent_sources import Sources
from watchdesk.service.poll_workers.slots import Slots
from watchdesk.service.poll_workers.warming import warm_up
from watchdesk.service.poll_workers.worker import NewWorker, WorkerParts, work
from watchdesk.service.upkeep.chores import chores
from watchdesk.service.upkeep.messages import NewUpkeep
from watchdesk.service.upkeep.process import UpkeepParts, keep_up
from watchdesk.store import SqlStore

LATELY = timedelta(days=30)
"""Languages in which articles came within this are ready for the first one that comes."""


@dataclass(frozen=True, slots=True)
class ForkedParts:
    """All of it."""

    worker: WorkerParts
    upkeep: UpkeepParts
    configuration: Configuration

    @property
    def sources(self) -> Sources:
        """Of the configuration."""
        return self.configuration.settings.sources

    def child(self, asked: NewWorker | NewUpkeep | NewReader, connection: Connection) -> None:
        """What a forked process does."""
        match asked:
            case NewWorker():
                work(self.worker, asked, connection)
            case NewUpkeep():
                keep_up(self.upkeep, asked, connection)
            case NewReader():
                _, _, name = asked.work.partition(":")
                getattr(_module_of(asked), name)(self.configuration, connection)
            case _:
                assert_never(asked)

    def prepare(self, asked: NewWorker | NewUpkeep | NewReader) -> None:
        """Loads what a reader works with, once: on a busy machine each of them would take seconds for it."""
        match asked:
            case NewReader():
                _module_of(asked)
            case NewWorker() | NewUpkeep():
                pass  # it was loaded before there was a server
            case _:
                assert_never(asked)


def _module_of(asked: NewReader) -> ModuleType:
    module, _, _ = asked.work.partition(":")
    return import_module(module)


def loaded_parts(
    configuration: Configuration, state_directory: Path, clock: Clock, slots: Slots
) -> ForkedParts:
    """Loads what polls load when they first need it: the language model, the reader of pages.

    Raises `ConfigurationError` as `polling_plan` does.
    """
    opened = store_beside(configuration, state_directory)
    plan = polling_plan(configuration)
    warm_up(configuration.rules, clock())
    _prepare_languages(configuration, opened, clock)
    return ForkedParts(
        WorkerParts(plan, opened, clock, slots),
        UpkeepParts(configuration, opened, clock, partial(chores, state_directory)),
        configuration,
    )


def _prepare_languages(configuration: Configuration, opened: Callable[[], SqlStore], clock: Clock) -> None:
    """Builds the engines for the languages that articles came in lately, once for all workers."""
    try:
        with closing(opened()) as store:
            languages = store.languages(clock() - LATELY)
    except StorageError:  # there may be none yet; the service says what is wrong with it
        return
    for language in languages:
        configuration.rules.engine(language)
