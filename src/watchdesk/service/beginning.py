"""What the service does before all else: it takes its state directory, and has the files read beside it.

The process that reads them needs little of what the service is made of; the rest is loaded meanwhile, and
imported where this is used, not here.
"""

import gc
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from watchdesk.config.kept_folders import FolderVersion, KeptFolders
from watchdesk.configuration import Configuration, outside_folders, prove, read_with_folders
from watchdesk.plan import Clock
from watchdesk.rules.team_folder import LastGood
from watchdesk.service.events import Events, signalled
from watchdesk.service.lock import only_service
from watchdesk.service.memory import share_arenas
from watchdesk.service.poll_workers.files_reader import FilesReader
from watchdesk.service.poll_workers.fork_server import ForkServer
from watchdesk.service.poll_workers.slots import Slots
from watchdesk.service.proven import ProvenRules


@dataclass(frozen=True, slots=True)
class Begun:
    """A service that has its state directory to itself, and whose files are being read."""

    directory: Path
    """Of the configuration."""
    state_directory: Path
    clock: Clock
    events: Events
    """Signals that come while the rest is loaded are among them."""
    slots: Slots
    reading: ForkServer


@contextmanager
def begun(directory: Path, state_directory: Path, clock: Clock) -> Iterator[Begun]:
    """Begins a service. To be called before there is any thread: what has threads cannot be forked safely.

    Raises `UsageError` when another one serves the state directory, or it may not be written.
    """
    events = signalled()
    with only_service(state_directory):
        slots = Slots()
        share_arenas()
        gc.freeze()  # neither process is to search, and so to copy, what both have; loading left no garbage
        proven, kept = ProvenRules(state_directory), KeptFolders(state_directory)

        def load(in_force: Collection[FolderVersion]) -> Configuration:
            return read_with_folders(directory, LastGood(kept.beside(in_force), clock()))

        def prove_once(configuration: Configuration) -> None:
            prove(outside_folders(configuration), clock())
            proven.add(configuration)

        reader = FilesReader(load, prove_once, proven.has, state_directory, clock, slots)
        server = reader.begin()
        try:
            yield Begun(directory, state_directory, clock, events, slots, server)
        finally:
            server.close()
