"""What the running service says of itself every few seconds, as a file in the state directory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal

from watchdesk.model.rule_folders import RefusedFolder
from watchdesk.service.liveness.damage import Damage
from watchdesk.service.liveness.state_file import StateFile

FILE = "liveness.json"


class Phase(StrEnum):
    """Where the life of the service stands."""

    STARTING = "starting"
    WAITING = "waiting for the database"
    """It has started and cannot use the database yet."""
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    """On request."""
    REFUSED = "refused"
    """It could not start; the reason is with it."""


@dataclass(frozen=True, slots=True)
class Process:
    """The process, so that another with its number is not taken for it."""

    pid: int
    started: int | None = None
    """Clock ticks after the machine's start (proc(5), stat)."""
    boot: str | None = None
    pid_namespace: str | None = None


@dataclass(frozen=True, slots=True)
class StepStatus:
    """One of the steps that the service does again and again."""

    began: datetime | None = None
    """It is running since then; None: it is not."""
    ended: datetime | None = None
    failures: int = 0
    """In a row."""
    failing_since: datetime | None = None
    reason: str | None = None
    """Of the last failure."""
    of_store: bool = False
    """Whether it was the database's."""


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """The database, as the service finds it."""

    address: str
    """`sqlite`, or the address without its password."""
    trouble: str | None = None
    since: datetime | None = None
    next_try: datetime | None = None
    damaged: bool = False
    disk_is_full: bool = False
    """The reason for the trouble."""
    unrecorded: int = 0
    """Polls in a row that could not be recorded."""
    damages: tuple[Damage, ...] = ()
    """What in it cannot be read, while the rest can."""


@dataclass(frozen=True, slots=True)
class ConfigurationStatus:
    """The files, as the service last read them."""

    loaded: datetime | None = None
    changes: str = ""
    """What the last reload that is in force changed, in one line."""
    refused: datetime | None = None
    """When they were last refused."""
    refused_since: datetime | None = None
    """When they were first refused, since they were last in force."""
    reason: str | None = None
    """Why the last reload was refused; the one before is in force."""
    mistakes: tuple[str, ...] = ()
    """What is wrong in the files then, one sentence each with its place."""
    reloading: datetime | None = None
    """When the reload that is going on began."""
    folders: tuple[RefusedFolder, ...] = ()
    """Folders of rules/ that do not pass, while the rest is in force."""


@dataclass(frozen=True, slots=True)
class HeartbeatStatus:
    """The requests to an outside watcher."""

    asked: datetime
    """When the last was made."""
    accepted: datetime | None = None
    """When the last that was accepted was made."""
    trouble: str | None = None
    """Why the last was not, without the address."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that is over, and that a person has to know of."""

    at: datetime
    sentence: str


@dataclass(frozen=True, slots=True)
class PageStatus:
    """The page and the API."""

    address: str
    """Where it listens or is to listen: `http://127.0.0.1:8680/`."""
    trouble: str | None = None
    """Why it does not."""
    since: datetime | None = None
    locked: str | None = None
    """Why nobody can sign in: what is wrong with the token."""
    unsigned: str | None = None
    """Why no link can be signed: what is wrong with the key of links."""


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """All that stands in the file."""

    process: Process
    started: datetime
    turn: datetime
    """When the main loop last came round: the heartbeat."""
    clock: float
    """The same moment by CLOCK_MONOTONIC, which nobody sets; it counts from the machine's start."""
    version: Literal[1] = 1
    phase: Phase = Phase.STARTING
    reason: str | None = None
    """Why it could not start."""
    zone: str = "UTC"
    store: StoreStatus | None = None
    configuration: ConfigurationStatus = ConfigurationStatus()
    steps: Mapping[str, StepStatus] = field(default_factory=dict)
    incidents: tuple[Incident, ...] = ()
    urgent: tuple[str, ...] = ()
    """What needs a person now, as it was last found in the database and in the queue of polls."""
    heartbeat: HeartbeatStatus | None = None
    """None: no outside watcher is configured, or none was asked yet."""
    page: PageStatus | None = None
    """None: there is none."""


def status_file(state_directory: Path) -> StateFile[ServiceStatus]:
    """The file."""
    return StateFile(state_directory / FILE, ServiceStatus)


def read_status(state_directory: Path) -> ServiceStatus | None:
    """What the service last wrote; None where it never ran. Raises `OSError` when it may not be read."""
    return status_file(state_directory).read()
