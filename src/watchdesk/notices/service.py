"""The running service: its configuration, its database and its steps. Pure.

See `life` for whether it runs at all. `service.liveness` decides when a step or the database is in trouble.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from watchdesk.model import Trouble
from watchdesk.notices.subjects import CONFIGURATION
from watchdesk.notices.wording import clock, span


@dataclass(frozen=True, slots=True)
class ConfigurationRefused:
    """The files were changed and cannot be used, as the database has it."""

    at: datetime
    reason: str
    mistakes: tuple[str, ...]
    """In the files, one sentence each with its place."""
    since: datetime | None = None
    """When files were first refused, since there were good ones; None: at that time."""


@dataclass(frozen=True, slots=True)
class ReloadRefused:
    """As `ConfigurationRefused`, as the service has it while the database is in trouble."""

    reason: str
    mistakes: tuple[str, ...]
    since: datetime
    """When files were first refused, since there were good ones."""


@dataclass(frozen=True, slots=True)
class ReloadHanging:
    """A reload does not end."""

    began: datetime


ConfigurationCause: TypeAlias = ConfigurationRefused | ReloadRefused | ReloadHanging


@dataclass(frozen=True, slots=True)
class DatabaseUnusable:
    """The running service cannot use its database."""

    reason: str
    disk_is_full: bool
    polling_stops: bool


@dataclass(frozen=True, slots=True)
class DatabaseDamaged:
    """A part of the database cannot be read; the service goes on with the rest."""

    part: str
    what: tuple[str, ...]
    """What in it cannot be read."""
    found: datetime


@dataclass(frozen=True, slots=True)
class StartWithoutDatabase:
    """The service cannot start on its database."""

    reason: str


@dataclass(frozen=True, slots=True)
class PassWithoutDatabase:
    """`watchdesk once` cannot use its database."""

    reason: str


@dataclass(frozen=True, slots=True)
class PollsUnrecorded:
    """The last polls could not be recorded."""

    count: int


DatabaseCause: TypeAlias = (
    DatabaseUnusable | DatabaseDamaged | StartWithoutDatabase | PassWithoutDatabase | PollsUnrecorded
)


@dataclass(frozen=True, slots=True)
class StepFailing:
    """A step fails again and again."""

    step: str
    failures: int
    """In a row."""
    since: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class StepHanging:
    """A step does not come back."""

    step: str
    began: datetime


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that is over, and that a person has to know of."""

    at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class PollsLate:
    """Sources that are due wait long for their turn."""

    count: int
    longest: timedelta


StepCause: TypeAlias = StepFailing | StepHanging | Happened | PollsLate
ServiceCause: TypeAlias = ConfigurationCause | DatabaseCause | StepCause


_IN_FORCE = "The configuration is in force as its files have it now."
_USABLE = "The database can be used again."


def trouble(cause: ServiceCause) -> Trouble:
    """See `causes.trouble_of`."""
    match cause:
        case ConfigurationRefused() | ReloadRefused() | ReloadHanging():
            return _configuration_trouble(cause)
        case (
            DatabaseUnusable()
            | DatabaseDamaged()
            | StartWithoutDatabase()
            | PassWithoutDatabase()
            | PollsUnrecorded()
        ):
            return _database_trouble(cause)
        case StepFailing(step=step, failures=failures, since=since, reason=reason):
            return Trouble(
                f"step:{step}",
                f"The step '{step}' has failed {failures} times in a row since {clock(since)}: {reason}. It "
                "is still being tried; the log has details.",
                recovery=f"The step '{step}' no longer fails.",
            )
        case StepHanging(step=step, began=began):
            return Trouble(
                f"hangs:{step}",
                f"The step '{step}' began at {clock(began)} and has not ended: restart the service.",
                recovery=f"The step '{step}' has come round.",
            )
        case PollsLate(count=count, longest=longest):
            wait = f"{count:,} sources that are due wait for their turn, the first"
            return Trouble(
                "late-polls",
                f"Polls are late: {wait if count > 1 else 'a source that is due waits for its turn'} for "
                f"{span(longest)}. Where servers are slow or sources many, raise `polling.concurrency` or "
                "`per_host`, or poll less often; the log names sources that take long.",
                recovery="Sources are polled when they are due again.",
            )
        case Happened(at=at, what=what):
            return Trouble(f"incident:{at.isoformat()}", f"{clock(at)}: {what}")
        case _:
            assert_never(cause)


def _configuration_trouble(cause: ConfigurationCause) -> Trouble:
    match cause:
        case ConfigurationRefused(at=at, reason=reason, mistakes=mistakes, since=since):
            # Whoever saves one mistake after the other is told of the first.
            when = since.isoformat() if since else f"{at.isoformat()} {reason}"
            return Trouble(
                f"configuration:{when}",
                "The configuration was changed and cannot be used; the previous one stays in force. "
                f"{'; '.join(mistakes) or reason}",
                recovery=_IN_FORCE,
                subject=CONFIGURATION,
                quoted=_quoted(reason, mistakes),
            )
        case ReloadRefused(reason=reason, mistakes=mistakes, since=since):
            return Trouble(
                f"configuration:{since.isoformat()}",
                f"The last reload of the configuration was refused: {'; '.join(mistakes) or reason}",
                recovery=_IN_FORCE,
                subject=CONFIGURATION,
                quoted=_quoted(reason, mistakes),
            )
        case ReloadHanging(began=began):
            return Trouble(
                "reload",
                f"A reload of the configuration began at {clock(began)} and has not ended; the previous one "
                "stays in force. Restart the service, and look at what was changed.",
                recovery="The reload of the configuration has ended.",
            )
        case _:
            assert_never(cause)


def _quoted(reason: str, mistakes: Sequence[str]) -> str:
    """What `check` shows of mistakes in files, where it is more than their sentences."""
    return reason if mistakes and "\n    " in reason else ""


def _database_trouble(cause: DatabaseCause) -> Trouble:
    match cause:
        case DatabaseUnusable(reason=reason, disk_is_full=full, polling_stops=stops):
            waits = " Until it can write again, no source is polled." if stops else ""
            what = "write (a full disk?)" if full else "use its database"
            return Trouble("database", f"The service cannot {what}: {reason}.{waits}", recovery=_USABLE)
        case DatabaseDamaged(part=part, what=what, found=found):
            return Trouble(
                f"damage:{part}",
                f"The database is damaged in {part} ({'; '.join(what)}), as was found at {clock(found)}: "
                "what needs that part fails, and everything else goes on. Put a backup in its place, or save "
                "what can be read: `watchdesk help database-damaged` says how, and `watchdesk verify` what "
                "is damaged.",
                recovery=f"No damage in {part} of the database is known any more.",
            )
        case StartWithoutDatabase(reason=reason):
            return Trouble("database", f"The service cannot start: {reason}.", recovery=_USABLE)
        case PassWithoutDatabase(reason=reason):
            return Trouble("database", f"watchdesk once cannot use its database: {reason}.", recovery=_USABLE)
        case PollsUnrecorded(count=count):
            return Trouble(
                "polls",
                f"The last {count} polls could not be recorded; the log says why.",
                recovery="Polls are recorded again.",
            )
        case _:
            assert_never(cause)
