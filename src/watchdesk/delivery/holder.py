"""Who holds a lease: the name by which a process finds its own again, and gives them back."""

import os
import socket


def holder_name() -> str:
    """This process, in words that no other process on any of the desk's machines has at the same time."""
    return f"{socket.gethostname()}:{os.getpid()}"
