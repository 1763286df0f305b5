"""Finds the configuration directory."""

import shlex
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

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
        if not named.is_dir():
            if named.exists():
                raise UsageError(
                    f"{named} is a file, and the configuration is a directory: --config {named.parent}"
                )
            raise UsageError(
                f"the configuration directory {named} does not exist; name one with --config DIR"
            )
        return named
    for candidate in (Path("config"), SYSTEM):
        if candidate.is_dir():
            return candidate
    raise UsageError(
        f"no configuration found in ./config or {SYSTEM}; to begin one here: watchdesk init. "
        f"If there is one, name its directory with --config DIR or ${VARIABLE} (help: no-configuration)"
    )
