"""What systemd is told (sd_notify(3)), kept by a socket of the test's own."""

import socket
import threading
from pathlib import Path


class Manager:
    """A service manager that keeps what it is told."""

    def __init__(self, path: Path) -> None:
        self.told: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        threading.Thread(target=self._listen, name="service manager", daemon=True).start()

    def _listen(self) -> None:
        while received := self._socket.recv(4096):
            self.told.append(received.decode())
