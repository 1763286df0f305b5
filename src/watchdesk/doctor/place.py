"""The state directory: there, of the right owner, writable for the service, on a disk with room."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from watchdesk.config.link_key import LinkKey, LinkKeyUnusable
from watchdesk.config.looking import is_folder
from watchdesk.config.private import may
from watchdesk.doctor.findings import Finding, Findings, ok, untried, warning, wrong
from watchdesk.doctor.surroundings import Surroundings
from watchdesk.documents.words import counted
from watchdesk.model import Account
from watchdesk.notices.room import is_full, nearly_full
from watchdesk.notices.wording import size_in_words

_FEW_FILES, _SOME_FILES = 100, 1_000
_MOST_NAMED = 3
_SUBJECT = "state directory"


def try_state_directory(around: Surroundings) -> Findings:
    """Whether it is there, and the service may use it."""
    path = around.state_directory
    if is_folder(path):
        return [_folder(path, around.account), *_link_key(path)]
    if os.path.lexists(path):
        return [wrong(_SUBJECT, f"{path} is no folder", "name the one of your desk with --state")]
    return [_not_there(path, around.account)]


def _not_there(path: Path, account: Account) -> Finding:
    """No service has started with it; or it is not the one of the desk."""
    what = f"there is no {path}"
    above = next(folder for folder in path.absolute().parents if is_folder(folder))
    if not may(account, above, os.W_OK | os.X_OK):
        to_do = f"make it and give it to {account}, or name the one of your desk with --state"
        return wrong(_SUBJECT, f"{what}, and {account} may not make it in {above}", to_do)
    to_do = "nothing, if this desk was never started: the service makes it; else name its own with --state"
    return warning(_SUBJECT, what, to_do)


def _folder(path: Path, account: Account) -> Finding:
    by = f"by {account}, whom the service runs as"
    if not may(account, path, os.R_OK | os.W_OK | os.X_OK):
        return wrong(
            _SUBJECT, f"{path} may not be written {by}", f"chown {account.name} {path}; chmod 700 {path}"
        )
    try:
        strange = _not_writable(path, account)
    except OSError as error:
        what = f"{path} may not be looked into: {error.strerror}"
        return untried(_SUBJECT, what, f"run this as {account}")
    if strange:
        named = ", ".join(strange[:_MOST_NAMED]) + (" …" if len(strange) > _MOST_NAMED else "")
        return wrong(_SUBJECT, f"{named} in {path} may not be written {by}", f"chown {account.name} {path}/*")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o022:
        what = f"others than {account} may write in {path} (mode {mode:04o})"
        return warning(_SUBJECT, what, f"chmod go-w {path}")
    return ok(_SUBJECT, f"{path} may be written {by}")


def _link_key(path: Path) -> Findings:
    """What is wrong with the key of links, if there is one."""
    try:
        LinkKey(path).look()
    except LinkKeyUnusable as unusable:
        return [wrong(_SUBJECT, str(unusable), help="links-unsigned")]
    return []


def _not_writable(path: Path, account: Account) -> Sequence[str]:
    """Files that the account may not read and write, such as those that a command left that ran as root."""
    return [
        entry.name
        for entry in sorted(path.iterdir())
        if stat.S_ISREG(entry.lstat().st_mode) and not may(account, entry, os.R_OK | os.W_OK)
    ]


def try_disk(around: Surroundings) -> Findings:
    """Room and inodes of the disk that the state directory is on, or will be."""
    path = around.state_directory.absolute()
    there = next(folder for folder in (path, *path.parents) if is_folder(folder))
    found = os.statvfs(there)
    free, whole = found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize
    said = f"{size_in_words(free)} free of {size_in_words(whole)}"
    counts_files = found.f_files > 0  # some file systems make inodes as they need them
    if counts_files:
        said += f", room for {counted(found.f_favail, 'more file')}"
    too_few = counts_files and found.f_favail < _FEW_FILES
    if is_full(free, whole) or too_few:
        to_do = f"make room on the disk of {there}: nothing can be recorded without"
        return [wrong("disk", said, to_do, "disk-full")]
    if any(nearly_full(free, whole)) or (counts_files and found.f_favail < _SOME_FILES):
        return [warning("disk", said, f"make room on the disk of {there}", "disk-nearly-full")]
    return [ok("disk", said)]
