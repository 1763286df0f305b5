"""How requests goes out of the house: over our own connections, by the route that it is given."""

import ssl
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager, proxy_from_url
from urllib3.util import parse_url

from watchdesk.config.network import Proxies, Proxy, Route
from watchdesk.transport.connections import Manner

_SOCKS = ("socks5", "socks5h")
_PORTS = {"http": 80, "https": 443}


class Adapter(HTTPAdapter):
    """Safe to use from many threads. `hosts`: how many hosts' connections are kept, `at_a_time` of each."""

    def __init__(self, manner: Manner, trust: ssl.SSLContext, hosts: int = 4, at_a_time: int = 4) -> None:
        self._manner = manner
        self._trust = trust
        self._hosts = hosts
        self._at_a_time = at_a_time
        self._to_proxy = manner.to_proxy()
        super().__init__(pool_connections=hosts, pool_maxsize=at_a_time, max_retries=0)

    def send_by(
        self, route: Route, request: requests.PreparedRequest, timeout: float | tuple[float, float]
    ) -> requests.Response:
        """Sends it; the answer's body is left to be read."""
        proxies = {"http": route.url, "https": route.url} if isinstance(route, Proxy) else {}
        return self.send(request, stream=True, timeout=timeout, proxies=proxies)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Makes the pools for hosts that are asked directly."""
        super().init_poolmanager(*args, **kwargs, ssl_context=self._trust)
        self.poolmanager.pool_classes_by_scheme = self._manner.direct()

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """The pools of a proxy, made when it is first asked."""
        if proxy in self.proxy_manager:
            return self.proxy_manager[proxy]
        if proxy.startswith(_SOCKS):
            manager = PoolManager(num_pools=self._hosts, maxsize=self._at_a_time, ssl_context=self._trust)
            manager.pool_classes_by_scheme = self._manner.through(Proxy(proxy, ""))
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
        """The trust store is in the context already; requests would read its file for each connection."""
        conn.cert_reqs = self._trust.verify_mode


def route_of(url: str, proxies: Proxies) -> Route:
    """The way to a web address; the host is that which urllib3 reads, as it is what will be asked for."""
    parts = parse_url(url)
    scheme = parts.scheme or ""
    return proxies.route(scheme, host_asked(url), parts.port or _PORTS.get(scheme))


def host_asked(url: str) -> str:
    """The host of a web address as urllib3 reads it, without a final dot."""
    return (parse_url(url).host or "").rstrip(".")
