"""Every error that watchdesk raises on purpose, in one tree.

    WatchdeskError
    ├── ConfigurationError      the files cannot be used; carries every problem found, with places
    ├── UsageError              a command was asked for something that is not there
    ├── StorageError            the database cannot be used: locked for too long, disk full
    │   ├── RefusedRow          one value cannot be stored; the database itself works
    │   ├── OutdatedRules       it was matched by rules that are not in force any more
    │   ├── LostShard           another host polls its source by now
    │   ├── FullDisk            there is no room to write
    │   ├── ReadOnlyStorage     its server lets nobody write for now
    │   ├── MissingRight        its server does not let this user do that
    │   ├── DamagedStorage      its file is damaged, gone or another; a person has to restore it
    │   ├── UnreachableStorage  its server does not answer; it may come back
    │   └── UnusableStorage     this watchdesk cannot use it as it is configured: too new, not an address
    │       ├── NoDatabase      there is none yet, and what was asked for is not to make one
    │       └── MovedStorage    it has moved, and is written elsewhere now
    ├── ClockDoubted            by what publishers say, the clock is ahead; nothing is removed by it
    └── UnreadableInput         bytes that are not what they were said to be

What may go wrong in the ordinary course (a feed that answers 404, a mail server that is down) is
a value of `model`, not an error. Each message says what, where, and what to do.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol


class Renderable(Protocol):
    """A problem that can say itself on a few lines (`config.places.Problem`)."""

    def render(self) -> str:
        """The place, the message, the line with a caret, and the hint."""


class WatchdeskError(Exception):
    """The root: an error whose message is written for the person who will read it."""


class ConfigurationError(WatchdeskError):
    """The configuration cannot be used. `problems` holds everything that was found wrong."""

    def __init__(self, problems: Sequence[Renderable], files: Mapping[Path, bytes] | None = None) -> None:
        """`files`: fingerprints of the files that were read."""
        self.problems = tuple(problems)
        self.files = dict(files or {})
        super().__init__("\n".join(problem.render() for problem in problems))


class UsageError(WatchdeskError):
    """A command names something that does not exist, or cannot be done as asked."""


class StorageError(WatchdeskError):
    """The store cannot do what was asked; nothing of the transaction was kept."""


class RefusedRow(StorageError):
    """A value that no database may be given, or that this one does not take; others can still be written."""


class OutdatedRules(StorageError):
    """What was to be recorded was matched by rules that a reload has replaced; it is to be polled again."""


class LostShard(StorageError):
    """What was to be recorded is of a source that another host of the fleet polls by now."""

    def __init__(self, message: str = "another host polls this source by now") -> None:
        super().__init__(message)


class FullDisk(StorageError):
    """The disk of the database is full."""


class ReadOnlyStorage(StorageError):
    """The database server takes nothing for now: it is a standby, or was made read-only."""


class MissingRight(StorageError):
    """The user of the database may not do what was asked."""


class DamagedStorage(StorageError):
    """The database is damaged, gone or another one. A person has to act; the message says how."""

    def __init__(self, message: str, part: str | None = None, what: str = "it cannot be read") -> None:
        """`part`: the tables in one of which it is, where the rest may be used; `what`: what it is there."""
        super().__init__(message)
        self.part = part
        self.what = what


class UnreachableStorage(StorageError):
    """The database server does not answer."""


class UnusableStorage(StorageError):
    """The database cannot be used as configured, such as one that a newer watchdesk wrote."""


class NoDatabase(UnusableStorage):
    """There is no database, and none was used there before."""


class MovedStorage(UnusableStorage):
    """The database has moved, and another one is written in its place; the message says which."""


class ClockDoubted(WatchdeskError):
    """The clock of this machine is ahead, by what publishers say."""


class UnreadableInput(WatchdeskError):
    """The bytes are not what they were said to be, and nothing in them can be read."""
