"""How the processes of the service take memory from the system, and give it back.

Where the C library is not glibc, nothing here has an effect.
"""

import ctypes

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
