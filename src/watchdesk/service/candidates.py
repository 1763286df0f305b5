"""Reads the files into a plan that can be followed, with the process that forks workers which have it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from watchdesk.app import build_plan
from watchdesk.config.kept_folders import KeptFolders
from watchdesk.config.kept_outline import KeptOutline, Outline
from watchdesk.configuration import Configuration, keep_folders
from watchdesk.plan import Plan
from watchdesk.service.poll_workers.fork_server import ForkServer
from watchdesk.service.poll_workers.generations import Generation, Generations
from watchdesk.service.refusals import last_in_force, refuse_what_vanished
from watchdesk.service.watching.watch import FileWatch
from watchdesk.sources import Hosts

_AGAIN = 10.0
"""Seconds between two trials to keep what is in force."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A configuration that can be followed."""

    plan: Plan
    generation: Generation

    @property
    def configuration(self) -> Configuration:
        """All of it."""
        return self.generation.configuration

    @property
    def fork_server(self) -> ForkServer:
        """Of the workers that poll by it."""
        return self.generation.fork_server


class Candidates:
    """Used by one thread at a time."""

    def __init__(
        self,
        generations: Generations,
        watch: FileWatch,
        state_directory: Path,
        hosts: Hosts,
        happened: Callable[[str], object],
    ) -> None:
        """`happened`: told of what a person has to know."""
        self._generations = generations
        self._watch = watch
        self._state_directory = state_directory
        self._hosts = hosts
        self._happened = happened
        self._folders, self._outline = KeptFolders(state_directory), KeptOutline(state_directory)
        self._in_force: Outline | None = None
        self._unkept: Configuration | None = None

    def read(self) -> Candidate:
        """The configuration as the files have it now, all that has to be made of it made.

        Raises what is wrong with it, by what was in force before as well, or `NoMoreWorkers`.
        """
        with self._watch.reading() as reading:
            generation = self._generations.load()
            reading.files = generation.configuration.files
            try:
                refuse_what_vanished(generation.configuration, self.before, self._state_directory)
                plan = build_plan(generation.configuration, self._state_directory, self._hosts)
            except BaseException:
                generation.fork_server.close()
                raise
            return Candidate(plan, generation)

    def keep(self, candidate: Candidate) -> None:
        """It is in force: the next is forked from it."""
        self._generations.keep(candidate.generation)
        self._watch.notice(edits=candidate.plan.settings.reload == "auto")
        self._in_force = candidate.configuration.outline
        self._keep(candidate.configuration)

    @property
    def before(self) -> Outline | None:
        """What was in force last in this state directory, or was accepted since; None where nobody knows."""
        if self._unkept:
            return self._in_force
        return last_in_force(self._outline) or self._in_force

    @property
    def next_trial(self) -> float | None:
        """Seconds until `try_again` is to be called; None: it need not."""
        return _AGAIN if self._unkept else None

    def try_again(self) -> None:
        """Keeps what could not be kept before, as on a full disk."""
        if self._unkept:
            self._keep(self._unkept)

    def _keep(self, configuration: Configuration) -> None:
        """Keeps what is in force, for a start at which files have mistakes or were cut off."""
        try:
            self._outline.keep(configuration.outline)
            keep_folders(configuration, self._folders)
        except OSError as error:
            if self._unkept is None:
                why = error.strerror or str(error)
                self._happened(
                    f"what is in force could not be kept in {self._state_directory}: {why}. It is tried "
                    "again; until then a restart would go by what was kept before"
                )
            self._unkept = configuration
        else:
            self._unkept = None
