"""Remembers which database was used here, in a small file, so that an empty one is noticed.

The database has the same id and a count that grows while the service runs, so that an older copy is
noticed too.
"""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import URL

from watchdesk.logger import get_logger

log = get_logger(__name__)

FILE = "database.json"


@dataclass(frozen=True, slots=True)
class DatabaseIdentity:
    """A database that was used from this state directory."""

    id: str
    stamp: int
    """The database's count when it was last noted here."""
    file: str | None = None
    """Device and inode of the SQLite file, and of its write-ahead log, which belongs to that file alone."""
    log: str | None = None


class IdentityFile:
    """The file. An unreadable one counts as none: it is a safeguard, and must not block the service."""

    def __init__(self, state_directory: Path, url: URL) -> None:
        self.path = state_directory / FILE
        sqlite = url.get_backend_name() == "sqlite"
        self._name = "sqlite" if sqlite else url.set(password=None).render_as_string()

    def read(self) -> DatabaseIdentity | None:
        """What is noted of the configured database; None where none was used from here yet."""
        return self._all().get(self._name)

    def write(self, known: DatabaseIdentity) -> None:
        """Notes the database. A full disk is logged, and costs no more than the safeguard."""
        every = {name: asdict(one) for name, one in {**self._all(), self._name: known}.items()}
        part = self.path.with_name(f".{FILE}.{os.getpid()}.part")
        try:
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123 - with a mode
                json.dump({"version": 1, "databases": every}, file)
            part.replace(self.path)
        except OSError as error:
            with suppress(OSError):  # as on a file system that is mounted read-only
                part.unlink()
            log.warning("the database cannot be remembered", file=str(self.path), why=error.strerror)

    def _all(self) -> dict[str, DatabaseIdentity]:
        try:
            found = json.loads(self.path.read_bytes())
            return {
                str(name): DatabaseIdentity(
                    str(one["id"]), int(one["stamp"]), one.get("file"), one.get("log")
                )
                for name, one in found["databases"].items()
            }
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("which database was here before cannot be read", file=str(self.path), why=str(error))
            return {}
