"""Reads the files into a plan that can be followed, with the process that forks workers which have it."""

from dataclasses import dataclass
from pathlib import Path

from watchdesk.app import Configuration, build_plan
from watchdesk.plan import Plan
from watchdesk.service.poll_workers.fork_server import ForkServer
from watchdesk.service.poll_workers.generations import Generation, Generations
from watchdesk.service.watching.watch import FileWatch
from watchdesk.sources import Hosts


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
        self, generations: Generations, watch: FileWatch, state_directory: Path, hosts: Hosts
    ) -> None:
        self._generations = generations
        self._watch = watch
        self._state_directory = state_directory
        self._hosts = hosts

    def read(self) -> Candidate:
        """The configuration as the files have it now, all that has to be made of it made.

        Raises what is wrong with it, or `NoMoreWorkers`.
        """
        with self._watch.reading() as reading:
            generation = self._generations.load()
            reading.files = generation.configuration.files
            try:
                plan = build_plan(generation.configuration, self._state_directory, self._hosts)
            except BaseException:
                generation.fork_server.close()
                raise
            return Candidate(plan, generation)

    def keep(self, candidate: Candidate) -> None:
        """It is in force: the next is forked from it."""
        self._generations.keep(candidate.generation)
        self._watch.notice(edits=candidate.plan.settings.reload == "auto")
