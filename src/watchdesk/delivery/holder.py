"""Who holds a lease: the name by which a process finds its own again, and gives them back."""

import os
import socket

from watchdesk.ports import OutboxStore


def holder_name() -> str:
    """This process, in words that no other process on any of the desk's machines has at the same time."""
    return _name(os.getpid())


def release_of_the_dead(store: OutboxStore) -> int:
    """Gives back what processes of this machine held that are gone, and this one under its name before it.

    How many there were. What they were sending is repeated at once, under its identity, rather than when
    the leases run out; until then they would count as under way.
    """
    return sum(store.release(holder) for holder in store.lease_holders() if _is_gone(holder))


def _name(process: int) -> str:
    return f"{socket.gethostname()}:{process}"


def _is_gone(holder: str) -> bool:
    process = holder.rpartition(":")[2]
    if not process.isdecimal() or holder != _name(int(process)):
        return False  # of another machine
    if int(process) == os.getpid():
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False  # there is one, of another user
    return False
