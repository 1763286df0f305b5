"""Why a service that is there does not write its heartbeat down, as far as others can see, and what to do."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from watchdesk.config.private import may
from watchdesk.model import Account

PROVEN = timedelta(seconds=20)
"""A heartbeat in the database that is so much newer than the last in the file was written without it."""


def why_unwritten(file: Path, account: Account | None, *, disk_is_full: bool) -> str | None:
    """What keeps the account from replacing this file, and what to do; None: nothing that can be seen.

    `account`: that of the service, if it is known.
    """
    folder = file.parent
    if disk_is_full:
        return "the disk of its state directory is full. Make room"
    try:
        disk = os.statvfs(folder)
    except OSError as error:
        return f"{folder} cannot be looked into: {error.strerror}. Give the service back its state directory"
    if disk.f_flag & os.ST_RDONLY:
        return (
            f"the file system of {folder} is mounted read-only. Look at the system's log for the reason, and "
            "mount it to be written again"
        )
    if disk.f_files and not disk.f_favail:
        return f"the file system of {folder} takes no more files (see `df -i`). Delete some"
    if account and not may(account, folder, os.W_OK | os.X_OK):
        return (
            f"user {account.name}, as whom it runs, may not write in {folder}. Correct its owner and its "
            f"mode: chown {account.name} {folder}; chmod u+rwx {folder}"
        )
    return None


def why_only_in_database(file: Path, turn: datetime, heartbeat: datetime | None) -> str | None:
    """The same where the service goes on to write its heartbeat into the database.

    `turn`: its last heartbeat in the file.
    """
    if heartbeat is None or heartbeat - turn < PROVEN:
        return None
    return f"it is at work, by the database, and {file} cannot be written. Its log says why"
