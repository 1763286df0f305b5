"""The end of a server of the tests: at once, not when it next looks whether it is to end."""

import socket
import threading
from contextlib import suppress
from socketserver import TCPServer

SELDOM = 0.5
"""Seconds between two such looks of `serve_forever`."""


def serve(server: TCPServer) -> None:
    """In a thread of its own."""
    threading.Thread(target=server.serve_forever, args=(SELDOM,), daemon=True).start()


def end(server: TCPServer) -> None:
    """It looks whenever somebody connects; a handler that is called for that meets who has hung up."""
    ending = threading.Thread(target=server.shutdown, daemon=True)
    ending.start()
    while ending.is_alive():
        with suppress(OSError), socket.socket(server.address_family) as line:
            line.settimeout(0.2)
            line.connect(server.server_address)
        ending.join(0.01)
    server.server_close()
