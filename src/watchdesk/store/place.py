"""Where a database is, as people write it for commands."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from watchdesk.errors import UsageError
from watchdesk.store.database import database_url, place_name
from watchdesk.store.open_file import FILE


@dataclass(frozen=True, slots=True)
class Place:
    """Where a database is, or is to be."""

    storage: str
    """`sqlite`, or an address of PostgreSQL."""
    state_directory: Path
    """Of the file; for a server, any."""

    @property
    def url(self) -> URL:
        """For the driver. Raises `StorageError`."""
        return database_url(self.storage, self.state_directory)

    @property
    def is_file(self) -> bool:
        """Whether it is SQLite's."""
        return self.storage == "sqlite"

    @property
    def named(self) -> str:
        """As `watchdesk move` takes it, from whatever directory, without a password."""
        return place_name(self.url)

    @property
    def shown(self) -> str:
        """Its name, without a password."""
        return str(self.state_directory / FILE) if self.is_file else self.url.render_as_string()

    @property
    def written(self) -> str:
        """As watchdesk.yaml has it, without a password."""
        return "sqlite" if self.is_file else self.url.set(drivername="postgresql").render_as_string()


def place_of(written: str, state_directory: Path) -> Place:
    """`sqlite` (in the state directory), `sqlite:PATH` or `postgresql://…`. Raises `UsageError`.

    PATH is another state directory, or the watchdesk.db in one.
    """
    if written == "sqlite":
        return Place("sqlite", state_directory)
    if written.startswith("sqlite:") and written.strip(":/ ") != "sqlite":
        path = Path(written.removeprefix("sqlite:").removeprefix("//"))
        if path.suffix == ".db" and path.name != FILE:
            raise UsageError(
                f"'{written}' would be a file {path.name}; the database of a desk is {FILE} in its state "
                f"directory: write sqlite:{path.parent} or sqlite:{path.parent / FILE}"
            )
        return Place("sqlite", path.parent if path.name == FILE else path)
    if written.startswith("postgresql://"):
        return Place(written, state_directory)
    raise UsageError(f"'{written}' is neither sqlite, sqlite:PATH nor postgresql://user@host/database")
