"""Makes files and folders that only their owner may use, whatever the umask. What exists keeps its mode.

And says what a user of this machine may do with what exists.
"""

import os
import stat
from pathlib import Path

from watchdesk.model import Account

PRIVATE = 0o600
"""The owner may read and write, nobody else."""


def folder_mode(file_mode: int) -> int:
    """The mode of a folder whose files have this mode: whoever may read them may list it."""
    return file_mode | (file_mode & 0o444) >> 2


def make_folder(path: Path, mode: int = 0o700) -> None:
    """Makes the folder, and those above it that are missing, with this mode. Raises `OSError`."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:  # another process made it first
            continue
        folder.chmod(mode | (folder.stat().st_mode & stat.S_ISGID))  # an inherited group stays inherited
    if not path.is_dir():
        path.mkdir()  # raises what is wrong


def open_private(path: Path, flags: int = os.O_WRONLY, mode: int = PRIVATE) -> int:
    """Opens the file, and makes it with this mode where it is missing. Raises `OSError`."""
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, PRIVATE)
    except FileExistsError:
        return os.open(path, flags | os.O_CREAT, PRIVATE)
    os.fchmod(descriptor, mode)
    return descriptor


def set_mode(descriptor: int, mode: int) -> None:
    """Gives an open file this mode; a device keeps its own. Raises `OSError`."""
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.fchmod(descriptor, mode)


def give_away(made: Path | int, there: os.stat_result) -> None:
    """What root has made gets the owner and group of what is `there`; nobody else gives anything away.

    `made`: a path, of which a link is not followed, or a descriptor. Raises `OSError`.
    """
    if os.geteuid() == 0:
        os.chown(made, there.st_uid, there.st_gid, follow_symlinks=isinstance(made, int))


def may(account: Account, path: Path, wanted: int) -> bool:
    """Whether the account may do so with what is there: `wanted` as for access(2).

    For another account than our own it goes by owner, group and mode alone; lists of access rights
    (acl(5)) may allow or forbid more.
    """
    if account.uid == os.geteuid():
        return os.access(path, wanted, effective_ids=os.access in os.supports_effective_ids)
    try:
        found = path.resolve()
        if wanted & os.W_OK and os.statvfs(found).f_flag & os.ST_RDONLY:
            return False
        return account.uid == 0 or (
            all(_allows(account, folder, os.X_OK) for folder in found.parents)
            and _allows(account, found, wanted)
        )
    except OSError:
        return False


_KERNELS = (
    *("proc", "sysfs", "cgroup", "cgroup2", "devpts", "securityfs", "debugfs", "tracefs", "configfs", "bpf"),
    *("mqueue", "pstore", "efivarfs", "binfmt_misc", "fusectl", "selinuxfs"),
)


def kernels_own(path: Path) -> str | None:
    """The kind of a file system that shows what the kernel knows, and takes no files, not even root's.

    None for any other, and where proc(5) does not tell. Raises `OSError` where the path may not be looked at.
    """
    device = path.stat().st_dev
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        kind = after.split(" ", 1)[0]
        if kind in _KERNELS and before.split(" ")[2] == f"{os.major(device)}:{os.minor(device)}":
            return kind
    return None


def _allows(account: Account, path: Path, wanted: int) -> bool:
    there = path.stat()
    if there.st_uid == account.uid:
        mode = there.st_mode >> 6
    elif there.st_gid in account.groups:
        mode = there.st_mode >> 3
    else:
        mode = there.st_mode
    return mode & wanted == wanted
