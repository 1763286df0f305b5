"""One request and its answer: no cookies, no referers, no logins from files, no redirects. requests' home.

A fetcher has one `Asker`. Its connections are kept for a moment, for the next request to their host;
where they may lead is left to `transport`, and what answers mean to `answers`.
"""

import ssl
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import ClosedPoolError, DecodeError, HTTPError
from urllib3.response import BaseHTTPResponse

from watchdesk.sources.web.codings import ASKED_FOR, decoded
from watchdesk.sources.web.conditions import received
from watchdesk.sources.web.guard import Guard
from watchdesk.sources.web.locations import Login
from watchdesk.sources.web.transport import Exchange, guarded_pools
from watchdesk.wire.connections import Pools

TROUBLES = (requests.RequestException, HTTPError, ValueError)
"""What a request may raise for what a server, a network or an address may be, besides `ForbiddenAddress`."""

_CHUNK = 64 * 1024
_KEPT_HOSTS = 32
"""Hosts whose connections are kept for a moment."""


class Answer:
    """A status and headers; the body, if it is asked for. To be closed."""

    def __init__(self, response: requests.Response) -> None:
        self._response = response
        self._raw: BaseHTTPResponse = response.raw
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = received(self._raw.headers.items())

    @property
    def _is_bare(self) -> bool:
        """Whether it is a 304, to which no body belongs, and none in chunks was announced all the same."""
        return self.status == HTTPStatus.NOT_MODIFIED and "transfer-encoding" not in self.headers

    def body(self, largest: int) -> bytes:
        """The decompressed body; some bytes more than `largest` when it is larger, and the rest is left."""
        parts: list[bytes] = []
        size = 0
        for part in decoded(self._received(largest), self.headers.get("content-encoding", "")):
            parts.append(part)
            size += len(part)
            if size > largest:
                break
        return b"".join(parts)

    def _received(self, largest: int) -> Iterator[bytes]:
        """The body as it comes in; what is compressed ends as well when that much of it has come."""
        size = 0
        for chunk in self._raw.stream(_CHUNK, decode_content=False):
            yield chunk
            size += len(chunk)
            if size > largest:
                raise DecodeError(f"more than {largest:,} bytes, and not less when it is decompressed")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_bare:
            self._raw.read()  # nothing: but now the connection may be asked again
        self._response.close()


class Asker:
    """Safe to use from many threads, each in an exchange of its own."""

    def __init__(self, guard: Guard, trust: ssl.SSLContext, timeout: float, at_a_time: int) -> None:
        self.exchange = Exchange()
        self._timeout = timeout
        self._direct = _Adapter(guarded_pools(guard, self.exchange, timeout), trust, at_a_time)
        # A proxy was chosen by the administrator: where it is and leads is not judged.
        anywhere = guarded_pools(Guard(allow_all=True), self.exchange, timeout)
        self._by_proxy = _Adapter(anywhere, trust, at_a_time)

    def ask(self, url: str, headers: Mapping[str, str], login: Login | None, proxy: str | None) -> Answer:
        """GETs it. Raises one of `TROUBLES`, or `ForbiddenAddress`."""
        request = requests.PreparedRequest()
        request.method = "GET"
        request.prepare_url(url, None)
        request.prepare_headers({"Accept-Encoding": ASKED_FOR, **headers})
        if login:
            HTTPBasicAuth(*login)(request)
        while True:
            self.exchange.reused = False
            try:
                return self._sent(request, proxy)
            except requests.ConnectionError as error:
                if not self._may_ask_again(error):
                    raise

    def _may_ask_again(self, error: requests.ConnectionError) -> bool:
        """Whether it failed for our keeping connections: a server may give one up at the moment it is asked
        again (RFC 9112 §9.3.1), and other hosts may have taken this one's place in between.
        """
        if not self.exchange.has_time or isinstance(error, requests.Timeout):
            return False
        return self.exchange.reused or any(isinstance(cause, ClosedPoolError) for cause in error.args)

    def _sent(self, request: requests.PreparedRequest, proxy: str | None) -> Answer:
        adapter, proxies = (self._by_proxy, {"http": proxy, "https": proxy}) if proxy else (self._direct, {})
        return Answer(adapter.send(request, stream=True, timeout=self._timeout, proxies=proxies))


class _Adapter(HTTPAdapter):
    """Connects by the pools it is given."""

    def __init__(self, pools: Pools, trust: ssl.SSLContext, at_a_time: int) -> None:
        self._pools = pools
        self._trust = trust
        super().__init__(pool_connections=_KEPT_HOSTS, pool_maxsize=at_a_time, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._trust)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs, ssl_context=self._trust)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:  # noqa: ARG002 - requests' hook
        # The trust store is in the context already; requests would read its file for each connection.
        conn.cert_reqs = "CERT_REQUIRED"

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """As requests has it, without looking for cookies: nothing would send them."""
        answer = requests.Response()
        answer.status_code, answer.raw = resp.status, resp
        answer.request, answer.url = req, req.url or ""
        return answer
