"""Addresses on loopback that answer nothing, as a host does that is switched off."""

import socket
import time

from watchdesk.transport.dialing import Found


class Dead:
    """Its queue of connections is full, so that the kernel drops what comes (listen(2), backlog)."""

    def __init__(self, host: str, port: int = 0) -> None:
        self._listening = socket.create_server((host, port), backlog=0)
        self.address = self._listening.getsockname()
        self._fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(self.address)
            self._fillers.append(filler)
        time.sleep(0.02)

    def __enter__(self) -> Found:
        return socket.AF_INET, self.address

    def __exit__(self, *_: object) -> None:
        for one in (self._listening, *self._fillers):
            one.close()
