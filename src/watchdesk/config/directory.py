"""Finds the configuration directory."""

import shlex
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR

from watchdesk.config.looking import is_folder
from watchdesk.errors import UsageError

VARIABLE = "WATCHDESK_CONFIG"
SYSTEM = Path("/etc/watchdesk")


def refuse_empty(directory: Path) -> Path:
    """The directory. Raises `UsageError`, which says how to begin, when it is empty."""
    with suppress(OSError):
        if next(directory.iterdir(), None) is None:
            raise UsageError(
                f"the configuration directory {directory} is empty; "
                f"to begin: watchdesk --config {shlex.quote(str(directory))} init"
            )
    return directory


def find_directory(given: Path | None, environment: Mapping[str, str]) -> Path:
    """`--config`, else $WATCHDESK_CONFIG, else ./config, else /etc/watchdesk.

    Raises `UsageError` when the one named, or every one of these, is not a directory.
    """
    named = given or (Path(environment[VARIABLE]) if environment.get(VARIABLE) else None)
    if named is not None:
        try:
            mode = named.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            raise UsageError(
                f"the configuration directory {named} does not exist; name one with --config DIR"
            ) from None
        except OSError as error:
            raise UsageError(
                f"the configuration directory {named} cannot be looked at: {error.strerror}"
            ) from None
        if not S_ISDIR(mode):
            raise UsageError(
                f"{named} is a file, and the configuration is a directory: --config {named.parent}"
            )
        return named
    for candidate in (Path("config"), SYSTEM):
        if is_folder(candidate):
            return candidate
    raise UsageError(
        f"no configuration found in ./config or {SYSTEM}; to begin one here: watchdesk init. "
        f"If there is one, name its directory with --config DIR or ${VARIABLE} (help: no-configuration)"
    )
