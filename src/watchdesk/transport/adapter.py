"""Lets the library requests use our own connections and routes.

`connections` makes the connections; `config.network` chooses the route.
"""

import ssl
from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager, proxy_from_url
from urllib3.exceptions import HTTPError, ProxyError
from urllib3.util import parse_url
from urllib3.util.proxy import connection_requires_http_tunnel

from watchdesk.config.network import Proxies, Proxy, Route
from watchdesk.transport.certificates import end_of_certificate
from watchdesk.transport.connections import ConnectionPolicy

_SOCKS = ("socks5", "socks5h")
_PORTS = {"http": 80, "https": 443}


class Adapter(HTTPAdapter):
    """Safe to use from many threads. Keeps connections to `hosts` hosts, `at_a_time` to each."""

    def __init__(
        self, policy: ConnectionPolicy, trust: ssl.SSLContext, hosts: int = 4, at_a_time: int = 4
    ) -> None:
        self._policy = policy
        self._trust = trust
        self._hosts = hosts
        self._at_a_time = at_a_time
        self._to_proxy = policy.to_proxy()
        super().__init__(pool_connections=hosts, pool_maxsize=at_a_time, max_retries=0)

    def send_by(
        self, route: Route, request: requests.PreparedRequest, timeout: float | tuple[float, float]
    ) -> requests.Response:
        """Sends the request; the response's body is still to be read."""
        return self.send(request, stream=True, timeout=timeout, proxies=_proxies_of(route))

    def connect_by(self, route: Route, url: str, timeout: float) -> datetime | None:
        """Connects as `send_by` would, tunnel and TLS included, asks nothing and hangs up.

        Returns when the server's certificate ends, where there is one. To an http:// address by an HTTP proxy
        it leads as far as the proxy. Raises what the network raises, and `ProxyError`.
        """
        request = requests.Request("HEAD", url).prepare()
        pool: Any = self.get_connection_with_tls_context(request, True, proxies=_proxies_of(route))
        self.cert_verify(pool, url, True, None)
        connection = pool._get_conn()  # as urllib3 does for a request of its own
        connection.timeout = timeout
        try:
            if pool.proxy is not None and connection_requires_http_tunnel(
                pool.proxy, pool.proxy_config, parse_url(url).scheme
            ):
                pool._prepare_proxy(connection)
            else:
                connection.connect()
            return end_of_certificate(connection.sock)
        except (OSError, HTTPException, HTTPError) as error:
            if connection.proxy and not connection.has_connected_to_proxy:
                raise ProxyError("the proxy cannot be reached", error) from error
            raise
        finally:
            connection.close()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Makes the pools for direct connections."""
        super().init_poolmanager(*args, **kwargs, ssl_context=self._trust)
        self.poolmanager.pool_classes_by_scheme = self._policy.direct()

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """The pools of a proxy, made when it is first used."""
        if proxy in self.proxy_manager:
            return self.proxy_manager[proxy]
        if proxy.startswith(_SOCKS):
            manager = PoolManager(num_pools=self._hosts, maxsize=self._at_a_time, ssl_context=self._trust)
            manager.pool_classes_by_scheme = self._policy.through(Proxy(proxy, ""))
        else:
            manager = proxy_from_url(
                proxy,
                proxy_headers=self.proxy_headers(proxy),
                num_pools=self._hosts,
                maxsize=self._hosts * self._at_a_time,  # the proxy is the one host of every http:// address
                ssl_context=self._trust,
                proxy_ssl_context=self._trust,
                **kwargs,
            )
            manager.pool_classes_by_scheme = self._to_proxy
        self.proxy_manager[proxy] = manager
        return manager

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:  # noqa: ARG002 - requests' hook
        """The context has the trust store already; requests would read its file for each connection."""
        conn.cert_reqs = self._trust.verify_mode


def route_of(url: str, proxies: Proxies) -> Route:
    """The route to a web address, by the host that urllib3 reads in it and will connect to."""
    parts = parse_url(url)
    return route_to(parts.scheme or "", (parts.host or "").rstrip("."), parts.port, proxies)


def route_to(scheme: str, host: str, port: int | None, proxies: Proxies) -> Route:
    """The route to a host; without a port, to the one that is usual for the scheme."""
    return proxies.route(scheme, host, port or _PORTS.get(scheme))


def host_asked(url: str) -> str:
    """The host of a web address as urllib3 reads it, without a final dot."""
    return (parse_url(url).host or "").rstrip(".")


def connected(url: str, route: Route) -> str:
    """How far a connection has come that `connect_by` made, in words."""
    where = redacted(url)
    if not isinstance(route, Proxy):
        return f"{where} answers"
    if route.scheme in _SOCKS or url.lower().startswith("https:"):
        return f"{where} answers through {route}"
    return f"{route} answers; whether it leads to {where}, only a delivery shows"


def _proxies_of(route: Route) -> dict[str, str]:
    """The route as requests takes it."""
    return {"http": route.url, "https": route.url} if isinstance(route, Proxy) else {}


def redacted(url: str) -> str:
    """Scheme and host; the rest of the address may be a secret."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}"
