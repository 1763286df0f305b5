"""Errors of the database with the name under which they are explained."""

from watchdesk.errors import DamagedStorage, FullDisk, NoDatabase, StorageError, WatchdeskError
from watchdesk.model.help_names import HelpName, with_help

_NAMES: tuple[tuple[type[WatchdeskError], HelpName], ...] = (
    (FullDisk, "disk-full"),
    (DamagedStorage, "database-damaged"),
    (NoDatabase, "no-database"),
    (StorageError, "database-unusable"),  # every other
)


def explained(error: WatchdeskError) -> str:
    """The message as people see it; a message of several lines keeps its end."""
    said = str(error)
    name = next((name for kind, name in _NAMES if isinstance(error, kind)), None)
    return with_help(said, name) if "\n" not in said else said
