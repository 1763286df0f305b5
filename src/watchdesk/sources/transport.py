"""How requests connects: each connection is judged by the guard and watched by the deadline."""

import socket
import ssl
from typing import Any

import certifi
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from watchdesk.sources.deadline import Deadline
from watchdesk.sources.guard import Guard


def trust_store() -> ssl.SSLContext:
    """The system's certificate authorities and certifi's; made once, for it takes a while."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class GuardedAdapter(HTTPAdapter):
    """For one exchange, under one deadline."""

    def __init__(self, guard: Guard, deadline: Deadline, trust: ssl.SSLContext) -> None:
        self._guard = guard
        self._deadline = deadline
        self._trust = trust
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Makes pools whose connections are judged and watched."""
        super().init_poolmanager(*args, **kwargs, ssl_context=self._trust)
        self.poolmanager.pool_classes_by_scheme = _pools(self._guard, self._deadline)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """A proxy was chosen by the administrator: where it is and leads is not judged, only watched."""
        manager = super().proxy_manager_for(proxy, **kwargs, ssl_context=self._trust)
        manager.pool_classes_by_scheme = _pools(Guard(allow_all=True), self._deadline)
        return manager

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:  # noqa: ARG002 - requests' hook
        """The trust store is in the context already; requests would read its file for each connection."""
        conn.cert_reqs = "CERT_REQUIRED"


def _pools(guard: Guard, deadline: Deadline) -> dict[str, type[HTTPConnectionPool]]:
    class Judged(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            connection = super()._new_conn()
            try:
                guard.check(self.host, connection.getpeername()[0])
            except Exception:
                connection.close()
                raise
            deadline.watch(connection)
            return connection

    class JudgedTls(Judged, HTTPSConnection):
        pass

    class Plain(HTTPConnectionPool):
        ConnectionCls = Judged

    class Tls(HTTPSConnectionPool):
        ConnectionCls = JudgedTls

    return {"http": Plain, "https": Tls}
