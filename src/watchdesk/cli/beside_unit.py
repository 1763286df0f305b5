"""How commands work beside the service of this machine: where its files are, and as whom.

A unit has its configuration in /etc/NAME and its state in /var/lib/NAME: watchdesk.service in those named
watchdesk, watchdesk@berlin.service in those named watchdesk-berlin.
"""

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watchdesk.config.directory import SYSTEM
from watchdesk.config.private import may
from watchdesk.model import Account

_STATES = Path("/var/lib")
_FULL = os.R_OK | os.W_OK | os.X_OK


def state_beside(config: Path | None, root: Path = Path("/")) -> Path | None:
    """The state directory of the unit with this configuration, if there is one; `root`: for tests."""
    name = (config or SYSTEM).absolute().relative_to("/")
    if name.parent != Path("etc") or name.name.partition("-")[0] != SYSTEM.name:
        return None
    state = root / _STATES.relative_to("/") / name.name
    return state if os.path.lexists(state) else None


def become_owner(state: Path) -> None:
    """Root becomes the user whom the state belongs to: what a command leaves there, the service can write.

    Not where that user cannot come to the state, or to the program: such a one is none to work as.
    """
    if found := _owner_to_be(state):
        account, group = found
        os.setgroups(sorted(account.groups))
        os.setgid(group)
        os.setuid(account.uid)


@contextmanager
def as_owner(state: Path) -> Iterator[None]:
    """Root is that user for a while, as `become_owner` says, and then root again.

    For a command that has work of both: in the state directory, and with files that only root may use.
    """
    found = _owner_to_be(state)
    if found is None:
        yield
        return
    account, group = found
    groups, own = os.getgroups(), os.getegid()
    os.setgroups(sorted(account.groups))
    os.setegid(group)
    os.setresuid(account.uid, account.uid, 0)  # the real one, too: access(2) and servers' checks go by it
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.setegid(own)
        os.setgroups(groups)


def _owner_to_be(state: Path) -> tuple[Account, int] | None:
    """Whom root is to work as there, and by which group; None where it is to stay root, or is not root."""
    if os.geteuid() != 0:
        return None
    try:
        there = state.stat()
    except OSError:
        return None
    if there.st_uid == 0:
        return None
    from watchdesk.doctor.account import account_of  # noqa: PLC0415 - seldom is a command run so

    account = account_of(there.st_uid)
    if not _can_work(account, state):
        return None
    return account, there.st_gid if there.st_gid in account.groups else min(account.groups)


def _can_work(account: Account, state: Path) -> bool:
    reads = os.R_OK | os.X_OK
    program = [Path(sys.prefix), Path(sys.base_prefix), Path(__file__).parent]
    return may(account, state, _FULL) and all(may(account, folder, reads) for folder in program)


def as_whom(path: Path) -> str:
    """What to type to run this command as the user of the service."""
    try:
        owner = path.owner()
    except (OSError, KeyError):
        return "as the user of the service"
    return f"as the user of the service: sudo -u {owner} {shlex.join(['watchdesk', *sys.argv[1:]])}"
