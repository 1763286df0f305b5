"""All that passes between the service and a poll worker. Values only; both ends match them in full."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from watchdesk.model import PollPart, SourceState
from watchdesk.service.poll_tasks import Pages, TaskResult


@dataclass(frozen=True, slots=True)
class NewReader:
    """The request to fork a process that works with the files in force, and is no affair of polls."""

    work: str
    """What it does, as `module:function`, which is given the configuration and the connection. It is loaded
    for the first of them."""


@dataclass(frozen=True, slots=True)
class SentTask:
    """A task as it is sent; the worker knows the sources."""

    number: int
    """Unlike that of any other task, and of the same task when it is sent again."""
    source_ids: tuple[str, ...]
    states: Mapping[str, SourceState]
    pages: Pages
    polls: bool
    turn: tuple[str, float] | None
    """A turn that was taken for it: at which host, and since when."""
    refused: Mapping[bytes, str]
    """Documents that have ended a worker: they are not read again, and why. See `reading.document_key`."""


@dataclass(frozen=True, slots=True)
class Tasks:
    """To be begun at once."""

    tasks: tuple[SentTask, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """To what a task asked."""

    number: int
    value: object


@dataclass(frozen=True, slots=True)
class Refusal:
    """To what a task asked: it is to be raised there."""

    number: int
    error: Exception


@dataclass(frozen=True, slots=True)
class Ping:
    """Is to be answered at once."""


ToWorker = Tasks | Answer | Refusal | Ping


@dataclass(frozen=True, slots=True)
class Up:
    """The worker can take tasks; it is the answer to `Ping` as well."""


@dataclass(frozen=True, slots=True)
class TakeTurn:
    """Asks for a turn at a host: `Hosts.take`."""

    number: int
    host: str
    patience: float
    crawl_delay: float | None


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Ends a turn: `Hosts.give_back`."""

    number: int
    host: str
    since: float
    crawl_delay: float | None


@dataclass(frozen=True, slots=True)
class BackOff:
    """A host asked to be left alone: `Hosts.back_off`."""

    host: str
    until: datetime


@dataclass(frozen=True, slots=True)
class LeaveHost:
    """The task's host is not asked for a while; `back`: the while is over."""

    number: int
    back: bool


@dataclass(frozen=True, slots=True)
class Ingest:
    """Asks for this to be recorded: `PollStore.ingest`."""

    number: int
    part: PollPart


class PageWrite(Enum):
    """The methods of `PollStore` that write what became of articles' own pages."""

    CLAIM = "claim_page"
    PUT_OFF = "put_off_page"
    FORGET = "forget_page"
    TAKE = "take_page"


@dataclass(frozen=True, slots=True)
class WritePage:
    """Asks for a method of the store to be called."""

    number: int
    method: PageWrite
    arguments: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """A task has ended."""

    number: int
    result: TaskResult
    longest_reading: float
    """Seconds of work that the longest of its documents took."""


FromWorker = Up | TakeTurn | GiveBack | BackOff | LeaveHost | Ingest | WritePage | Ended
