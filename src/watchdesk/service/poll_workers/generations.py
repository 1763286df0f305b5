"""Where poll workers come from: for each state of the files, a process that has read them, and forks workers.

The first is forked before the service has threads. It loads what polls need (the language model, the reader
of pages), reads the files, builds the rule engine, and answers with what the service needs: neither the
engine nor the rules' queries are ever in the service's own process. For a reload, a copy of it does the same.
"""

import gc
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import assert_never

from watchdesk.app import Configuration, polling_plan, store_beside
from watchdesk.config.places import Problem
from watchdesk.config.settings import Settings
from watchdesk.digests import load_templates
from watchdesk.errors import ConfigurationError, Renderable, StorageError, UsageError, WatchdeskError
from watchdesk.logger import get_logger
from watchdesk.plan import Clock
from watchdesk.rules import RuleSet
from watchdesk.service.memory import give_back
from watchdesk.service.poll_workers import fork_server
from watchdesk.service.poll_workers.fork_server import PATIENCE, ForkServer, Next
from watchdesk.service.poll_workers.gently import gently
from watchdesk.service.poll_workers.reading import Slots
from watchdesk.service.poll_workers.sent_sources import SentSources, Sources, received, sent, sharing
from watchdesk.service.poll_workers.warming import warm_up
from watchdesk.service.poll_workers.worker import NewWorker, WorkerParts, work
from watchdesk.service.refusals import reason_of
from watchdesk.service.upkeep.chores import chores
from watchdesk.service.upkeep.messages import NewUpkeep
from watchdesk.service.upkeep.process import UpkeepParts, keep_up
from watchdesk.store import SqlStore

log = get_logger(__name__)

LATELY = timedelta(days=30)
"""Languages in which articles came within this are ready for the first one that comes."""


class NoMoreWorkers(UsageError):
    """The process from which all others are forked has ended; only a new service can have workers."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What the files say, as far as the service needs it from another process."""

    settings: Settings
    """Without its sources."""
    sources: SentSources
    rules: RuleSet
    warnings: tuple[Problem, ...]
    files: Mapping[Path, bytes]
    """Fingerprints of those that were read."""


@dataclass(frozen=True, slots=True)
class _Mistakes:
    """What is wrong with the files."""

    problems: Sequence[Renderable]
    files: Mapping[Path, bytes]


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the processes are made of that are forked."""

    worker: WorkerParts
    upkeep: UpkeepParts
    sources: Sources

    def child(self, asked: NewWorker | NewUpkeep, connection: Connection) -> None:
        """What a forked process does."""
        match asked:
            case NewWorker():
                work(self.worker, asked, connection)
            case NewUpkeep():
                keep_up(self.upkeep, asked, connection)
            case _:
                assert_never(asked)


@dataclass(frozen=True, slots=True)
class Generation:
    """A configuration, and the process that forks workers which have it."""

    configuration: Configuration
    """Its rules without their queries."""
    fork_server: ForkServer


class Generations:
    """Make it before any thread is started; close it at the end. Used by one thread at a time."""

    def __init__(
        self,
        load: Callable[[], Configuration],
        state_directory: Path,
        clock: Clock,
        slots: Slots,
        patience: float = PATIENCE,
    ) -> None:
        """Begins to read the files at once. `patience`: seconds that a process may take to fork another."""

        def run(connection: Connection) -> None:
            _generations(load, state_directory, clock, slots, connection)

        self._first: ForkServer | None = fork_server.begin(run, patience)
        self._patience = patience
        self._newest = self._first
        """It may be reading the files."""
        self._closed = False
        self._kept: ForkServer | None = None
        self._kept_sources: Sources = {}
        """What the process that is kept has read: a copy of it answers with the difference."""

    def load(self) -> Generation:
        """Reads the files.

        Raises `ConfigurationError`, another `WatchdeskError` that says why not, or `NoMoreWorkers`.
        """
        server, self._first = self._first or self._next(), None
        self._newest = server
        try:
            return _answered(server, self._kept_sources)
        except BaseException:
            server.close()
            if self._closed:  # that says nothing about the files
                raise NoMoreWorkers("the service stops") from None
            raise

    def keep(self, generation: Generation) -> None:
        """From this one, the next is forked."""
        self._kept = generation.fork_server
        self._kept_sources = generation.configuration.settings.sources

    def close(self) -> None:
        """Ends the one that is kept, and what is reading the files. Workers end with their crews.

        Any thread may call it.
        """
        self._closed = True
        for server in (self._newest, self._kept):
            if server:
                server.close()

    def _next(self) -> ForkServer:
        if self._kept is None:
            raise NoMoreWorkers("the process that starts poll workers could not read the files")
        try:
            return self._kept.fork(Next()).as_server(self._patience)
        except (EOFError, OSError) as error:
            raise NoMoreWorkers(
                f"the process that starts poll workers has ended: {reason_of(error)}"
            ) from None


def _answered(server: ForkServer, before: Sources) -> Generation:
    try:
        answer: _Said | _Mistakes | WatchdeskError = server.receive()
    except (EOFError, OSError):
        raise UsageError("the process that read the configuration ended; the log may say why") from None
    match answer:
        case _Said(rest, difference, rules, warnings, files):
            settings = replace(rest, sources=received(difference, before))
            templates = load_templates(settings.directory)
            configuration = Configuration(
                settings, rules, templates=templates, warnings=warnings, files=files
            )
            return Generation(configuration, server)
        case _Mistakes(problems, files):
            raise ConfigurationError(problems, files)
        case WatchdeskError():
            raise answer
        case _:
            assert_never(answer)


def _generations(
    load: Callable[[], Configuration],
    state_directory: Path,
    clock: Clock,
    slots: Slots,
    connection: Connection,
) -> None:
    """Reads the files and forks workers, in a copy of itself each time that the files are to be read anew."""
    reader = _Reader(load, state_directory, clock, slots)
    parts = reader.read(connection, {})
    while parts is not None:
        own = fork_server.serve(connection, parts.child)
        if own is None:
            return
        connection, before = own, parts.sources
        del parts
        gc.unfreeze()
        gc.collect()  # before the next ones take as much memory
        parts = gently(partial(reader.read, connection, before))
        del before


@dataclass(frozen=True, slots=True)
class _Reader:
    load: Callable[[], Configuration]
    state_directory: Path
    clock: Clock
    slots: Slots

    def read(self, connection: Connection, before: Sources) -> _Parts | None:
        """Reads the files and answers with what they say; None where they cannot be used.

        `before`: the sources that both ends have; those that did not change are kept.
        """
        try:
            configuration = self._configuration(before)
            opened = store_beside(configuration, self.state_directory)
            plan = polling_plan(configuration)
            configuration.rules.prepare()
            warm_up(configuration.rules, self.clock())
            self._prepare_languages(configuration, opened)
            gc.collect()
            gc.freeze()  # workers are never to search, and so to copy, what they share
            connection.send(_said(configuration, before))
        except ConfigurationError as error:
            connection.send(_Mistakes(error.problems, error.files))
        except WatchdeskError as error:
            connection.send(error)
        except BaseException as error:
            log.debug("the configuration could not be read", exc_info=error)
            connection.send(UsageError(reason_of(error)))
        else:
            give_back()
            worker = WorkerParts(plan, opened, self.clock, self.slots)
            return _Parts(
                worker,
                UpkeepParts(configuration, opened, self.clock, partial(chores, self.state_directory)),
                configuration.settings.sources,
            )
        return None

    def _configuration(self, before: Sources) -> Configuration:
        read = self.load()
        settings = replace(read.settings, sources=sharing(read.settings.sources, before))
        return replace(read, settings=settings)

    def _prepare_languages(self, configuration: Configuration, opened: Callable[[], SqlStore]) -> None:
        """Builds the engines for the languages that articles came in lately, once for all workers."""
        try:
            with closing(opened()) as store:
                languages = store.languages(self.clock() - LATELY)
        except StorageError:  # there may be none yet; the service says what is wrong with it
            return
        for language in languages:
            configuration.rules.engine(language)


def _said(configuration: Configuration, before: Sources) -> _Said:
    sources = sent(configuration.settings.sources, before)
    rest = replace(configuration.settings, sources={})
    outline = configuration.rules.outline()
    return _Said(rest, sources, outline, configuration.warnings, configuration.files)
