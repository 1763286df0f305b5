"""Tells what came of reading the files: in the log, in the status file, to systemd, and for the operators."""

from dataclasses import dataclass

from watchdesk.configuration import Configuration
from watchdesk.errors import StorageError
from watchdesk.logger import get_logger
from watchdesk.plan import Clock, Plan
from watchdesk.ports import Store
from watchdesk.remembered import LoadedConfiguration, RefusedConfiguration, forget, remember
from watchdesk.service.changes import Changes
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.refusals import mistakes_of, reason_of
from watchdesk.service.systemd import Systemd

log = get_logger(__name__)

_LONGEST_REASON = 4000
_LONGEST_MISTAKE = 300
_MOST_MISTAKES = 10
"""That the status file names: it stays small."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Of the start and of each reload."""

    clock: Clock
    liveness: Liveness
    systemd: Systemd

    def begins(self) -> None:
        """A reload has begun; `ends` ends it."""
        self.systemd.reloading()
        self.liveness.configuration(reloading=self.clock())

    def ends(self, plan: Plan) -> None:
        """It works by this plan, be it the one before."""
        self.liveness.configuration(reloading=None)
        self.ready(plan)

    def ready(self, plan: Plan) -> None:
        """Systemd hears what the service works by, and first what is wrong with the files."""
        refused = self.liveness.status.configuration
        why = refused.mistakes[0] if refused.mistakes else (refused.reason or "").partition("\n")[0]
        said = f"configuration refused: {why}; still " if why else ""
        folders = "".join(f"; {folder.in_short}" for folder in plan.refused_folders)
        self.systemd.ready(said + in_short(plan) + folders)

    def started(self, store: Store | None, configuration: Configuration, plan: Plan) -> None:
        """The service runs by these files."""
        self._loaded(store, configuration, "")
        log.info("watchdesk is running", **counts(plan))

    def reloaded(
        self, store: Store | None, configuration: Configuration, changes: Changes, plan: Plan
    ) -> None:
        """The service goes on by these files."""
        said = changes.in_words
        self._loaded(store, configuration, said)
        log.info("configuration reloaded", changes=said, **counts(plan))

    def refused(self, store: Store | None, error: BaseException) -> None:
        """The files cannot be used."""
        now, reason = self.clock(), reason_of(error)
        if isinstance(error, StorageError):
            log.error("the configuration could not be reloaded; the old one stays in force", why=reason)
        else:
            log.error("the new configuration cannot be used; the old one stays in force", problems=reason)
        log.debug("the reload failed", exc_info=error)
        mistakes = mistakes_of(error)
        shown = tuple(mistake[:_LONGEST_MISTAKE] for mistake in mistakes[:_MOST_MISTAKES])
        since = self.liveness.status.configuration.refused_since or now
        self.liveness.configuration(
            refused=now, refused_since=since, reason=reason[:_LONGEST_REASON], mistakes=shown
        )
        if not isinstance(error, StorageError):
            self._note(store, RefusedConfiguration(now, reason, mistakes, since))

    def _loaded(self, store: Store | None, configuration: Configuration, changes: str) -> None:
        now = self.clock()
        for problem in configuration.warnings:
            log.warning("the configuration deserves a look", warning=problem.render())
        for folder in configuration.refused_folders:
            log.error(
                "a folder of rules cannot be used as it is",
                folder=folder.shown,
                in_force=folder.in_force,
                problems="\n".join(folder.quoted),
            )
        self.liveness.configuration(
            loaded=now,
            changes=changes,
            refused=None,
            refused_since=None,
            reason=None,
            mistakes=(),
            folders=configuration.refused_folders,
        )
        self._note(store, LoadedConfiguration(now))

    @staticmethod
    def _note(store: Store | None, found: LoadedConfiguration | RefusedConfiguration) -> None:
        """For the operators; the status file says the same where the database cannot."""
        if store is None:
            return
        try:
            if isinstance(found, LoadedConfiguration):
                forget(store, RefusedConfiguration)
            remember(store, found)
        except StorageError as error:
            log.error("the state of the configuration could not be noted", why=str(error))


def counts(plan: Plan) -> dict[str, int]:
    """How much it is."""
    return {
        "sources": len(plan.settings.sources),
        "rules": len(plan.rules.rules),
        "digests": len(plan.settings.digests),
    }


def in_short(plan: Plan) -> str:
    """The same in words."""
    return ", ".join(f"{count} {noun}" for noun, count in counts(plan).items())
