"""How the processes of the service take memory from the system, give it back, and look for garbage in it.

Where the C library is not glibc, taking and giving back are as that has it.
"""

import ctypes
import gc

_ARENA_MAX = -8
"""`M_ARENA_MAX` of mallopt(3)."""
_ARENAS = 2


def share_arenas() -> None:
    """Lets all threads of this process, and of those forked from it, take memory from the same few places.

    By default each thread has one of its own, up to eight for each processor, and keeps what it once needed.
    The interpreter's lock lets one thread work at a time anyway. To be called before there are threads.
    """
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Gives memory that is free by now back to the system; takes some milliseconds."""
    if malloc_trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        malloc_trim(0)


def settle() -> None:
    """Has what is in memory by now searched for garbage once, and left alone from then on.

    Most of it stays for as long as the service. Python searches all of it again whenever a quarter has come
    on top: that holds up every thread of the process, polls and deliveries among them, for a tenth of a
    second and more. What was left alone before and has become garbage since goes now.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
