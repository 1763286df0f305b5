"""Names that lead to servers on loopback, as a resolver of the test's own would have it."""

import socket
from typing import Any

import pytest

_own = socket.getaddrinfo


def know(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """These names are 127.0.0.1 from here on; others that end in `.example` are not found."""

    def found(host: Any, *rest: Any, **more: Any) -> Any:
        if host in names:
            return _own("127.0.0.1", *rest, **more)
        if str(host).endswith(".example"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return _own(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", found)
