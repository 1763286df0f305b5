"""Reads the files in a process of its own, which then loads what polls need, and forks poll workers.

The first is forked before the service has loaded what it is made of, and before it has threads. It says that
the files can be used as soon as that is known, so that the service opens its database while it goes on
loading. For a reload, a copy of it does the same, and says so when it is ready to fork. Neither the rule
engine nor the rules' queries are ever in the service's own process.
"""

import gc
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from watchdesk import logger
from watchdesk.config.kept_folders import FolderVersion
from watchdesk.configuration import Configuration
from watchdesk.errors import ConfigurationError, UsageError, WatchdeskError
from watchdesk.plan import Clock
from watchdesk.service.memory import give_back
from watchdesk.service.poll_workers import fork_server
from watchdesk.service.poll_workers.files_said import Mistakes, Said, error_of, said_of
from watchdesk.service.poll_workers.fork_server import PATIENCE, ForkServer
from watchdesk.service.poll_workers.gently import gently
from watchdesk.service.poll_workers.sent_sources import Sources, sharing
from watchdesk.service.poll_workers.slots import Slots
from watchdesk.service.refusals import reason_of

if TYPE_CHECKING:
    from watchdesk.service.poll_workers.forked_parts import ForkedParts

log = logger.get_logger(__name__)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class FilesReader:
    """What it works with."""

    load: Callable[[Collection[FolderVersion]], Configuration]
    """Reads the files, given what of folders of rules/ is in force here.

    Raises `ConfigurationError`, or another `WatchdeskError` that says why not.
    """
    prove: Callable[[Configuration], object]
    """Tries the rules' examples, but those in folders. Raises `ConfigurationError`."""
    is_proven: Callable[[Configuration], bool]
    """Whether they have passed before, so that they need not be tried."""
    state_directory: Path
    clock: Clock
    slots: Slots

    def begin(self, patience: float = PATIENCE) -> ForkServer:
        """Forks the first such process, which begins at once; this one must have no other thread."""
        return fork_server.begin(self._run, patience, greets=True)

    def _run(self, connection: Connection) -> None:
        """Reads the files and forks workers, in a copy of itself each time that they are to be read anew."""
        with suppress(BrokenPipeError, ConnectionResetError):  # the service has ended meanwhile
            parts = self._read_first(connection)
            while parts is not None:
                own = fork_server.serve(connection, parts.child, parts.prepare)
                if own is None:
                    return
                connection, before = own, (parts.sources, parts.configuration.in_force)
                del parts
                gc.unfreeze()
                gc.collect()  # before the next ones take as much memory
                parts = gently(partial(self._read_again, connection, *before))
                del before

    def _read_first(self, connection: Connection) -> "ForkedParts | None":
        """Answers as soon as the files are known to be good; the service waits for nothing else."""
        gc.disable()  # what is loaded stays
        proven = _answering(connection, lambda: self._proven_beside(connection))
        if proven is None:
            return None
        configuration, said = proven
        connection.send_bytes(said)
        parts = _answering(connection, lambda: self._loaded(configuration))
        gc.enable()
        if parts is not None:
            connection.send(None)
        return parts

    def _proven_beside(self, connection: Connection) -> tuple[Configuration, bytes]:
        """The configuration, and its `Said` in bytes.

        Examples that have not passed before are tried in another process while this one builds the engine.
        """
        configuration = self.load(())
        if self.is_proven(configuration):
            return configuration, bytes(ForkingPickler.dumps(said_of(configuration, {})))

        def prove(asked: Connection) -> None:
            connection.close()  # the service is to see the end of the process that reads
            with suppress(BrokenPipeError):  # that has ended meanwhile
                if _answering(asked, lambda: self._proven(configuration)):
                    asked.send(None)

        asked = fork_server.aside(prove)
        configuration.rules.prepare()
        said = bytes(ForkingPickler.dumps(said_of(configuration, {})))
        try:
            refused: Mistakes | WatchdeskError | None = asked.recv()
        except (EOFError, OSError):
            raise UsageError(
                "the process that tried the rules' examples ended; the log may say why"
            ) from None
        if refused is not None:
            raise error_of(refused)
        return configuration, said

    def _read_again(
        self, connection: Connection, before: Sources, in_force: Collection[FolderVersion]
    ) -> "ForkedParts | None":
        """Answers when workers can be forked: until then, those that there are poll.

        `before`: the sources that both ends have; those that did not change are kept.
        """

        def read() -> "tuple[ForkedParts, Said]":
            found = self.load(in_force)
            settings = replace(found.settings, sources=sharing(found.settings.sources, before))
            configuration = self._proven(replace(found, settings=settings))
            return self._loaded(configuration), said_of(configuration, before)

        done = _answering(connection, read)
        if done is None:
            return None
        parts, said = done
        connection.send(said)
        connection.send(None)
        return parts

    def _proven(self, configuration: Configuration) -> Configuration:
        if not self.is_proven(configuration):
            self.prove(configuration)
        return configuration

    def _loaded(self, configuration: Configuration) -> "ForkedParts":
        from watchdesk.service.poll_workers.forked_parts import loaded_parts  # noqa: PLC0415 - heavy: see above

        logger.load()
        configuration.rules.prepare()
        parts = loaded_parts(configuration, self.state_directory, self.clock, self.slots)
        gc.collect()
        gc.freeze()  # workers are never to search, and so to copy, what they share
        give_back()
        return parts


def _answering(connection: Connection, work: Callable[[], _T]) -> _T | None:
    """What this gives; None where it raises: that is the answer then."""
    try:
        return work()
    except ConfigurationError as error:
        connection.send(Mistakes(error.problems, error.files))
    except WatchdeskError as error:
        connection.send(error)
    except BaseException as error:
        log.debug("the configuration could not be read", exc_info=error)
        connection.send(UsageError(reason_of(error)))
    return None
