"""Where poll workers come from: for each state of the files, a process that has read them, and forks workers.

This is the service's end; `files_reader` is what runs in that process.
"""

from dataclasses import dataclass, replace
from typing import assert_never

from watchdesk.configuration import Configuration
from watchdesk.digests import load_templates
from watchdesk.errors import UsageError, WatchdeskError
from watchdesk.service.poll_workers.files_said import Answer, Mistakes, Said, error_of
from watchdesk.service.poll_workers.fork_server import PATIENCE, ForkServer, Next
from watchdesk.service.poll_workers.sent_sources import Sources, received
from watchdesk.service.refusals import reason_of


class NoMoreWorkers(UsageError):
    """The process from which all others are forked has ended; only a new service can have workers."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A configuration, and the process that forks workers which have it."""

    configuration: Configuration
    """Its rules without their queries."""
    fork_server: ForkServer


class Generations:
    """Close it at the end. Used by one thread at a time."""

    def __init__(self, first: ForkServer, patience: float = PATIENCE) -> None:
        """`first`: reads the files already. `patience`: seconds that a process may take to fork another."""
        self._first: ForkServer | None = first
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
            return self._kept.fork(Next()).as_server(self._patience, greets=True)
        except (EOFError, OSError) as error:
            raise NoMoreWorkers(
                f"the process that starts poll workers has ended: {reason_of(error)}"
            ) from None


def _answered(server: ForkServer, before: Sources) -> Generation:
    try:
        answer: Answer = server.receive()
    except (EOFError, OSError):
        raise UsageError("the process that read the configuration ended; the log may say why") from None
    match answer:
        case Said():
            settings = replace(answer.settings, sources=received(answer.sources, before))
            configuration = Configuration(
                settings,
                answer.rules,
                templates=load_templates(settings.directory),
                warnings=answer.warnings,
                files=answer.files,
                refused_folders=answer.refused_folders,
                in_force=answer.in_force,
            )
            return Generation(configuration, server)
        case Mistakes() | WatchdeskError():
            raise error_of(answer)
        case _:
            assert_never(answer)
