"""One request and its response: no cookies, no referers, no logins from files, no redirects.

A fetcher has one `Requester`. It keeps connections briefly, for the next request to the same host.
`guarded_connections` decides where they may lead, `statuses` reads the status, `client` follows redirects.
"""

import ssl
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import requests
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import ClosedPoolError, DecodeError, HTTPError
from urllib3.response import BaseHTTPResponse

from watchdesk.config.network import Direct, Proxies, Proxy, Route
from watchdesk.sources.web.codings import ASKED_FOR, decoded
from watchdesk.sources.web.conditions import received
from watchdesk.sources.web.guard import Guard
from watchdesk.sources.web.guarded_connections import Exchange, guarded
from watchdesk.sources.web.locations import Login
from watchdesk.sources.web.plain_addresses import PlainAddress, plain_address
from watchdesk.transport.adapter import Adapter, host_asked, route_of, route_to

TROUBLES = (requests.RequestException, HTTPError, ValueError)
"""What a request may raise because of a server, a network or an address, besides `ForbiddenAddress`."""

_CHUNK = 64 * 1024
_SHORT = 16_384
"""Bytes of a body that may say why a request was refused."""
_POOL = {"cert_reqs": "CERT_REQUIRED"}
"""As requests asks for a pool of connections."""
_KEPT_HOSTS = 32
"""Hosts whose connections are kept briefly."""


class Response:
    """A status, headers, and the body on request. To be closed."""

    def __init__(self, response: requests.Response) -> None:
        self._response = response
        self._raw: BaseHTTPResponse = response.raw
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = received(self._raw.headers.items())

    @property
    def _is_bare(self) -> bool:
        """Whether it is a 304, which has no body, and does not announce one in chunks all the same."""
        return self.status == HTTPStatus.NOT_MODIFIED and "transfer-encoding" not in self.headers

    def body(self, largest: int) -> bytes:
        """The decompressed body; if it is larger than `largest` bytes, slightly more than that of it."""
        parts: list[bytes] = []
        size = 0
        for part in decoded(self._received(largest), self.headers.get("content-encoding", "")):
            parts.append(part)
            size += len(part)
            if size > largest:
                break
        return b"".join(parts)

    def first_words(self) -> bytes:
        """A short body, which may explain a refusal; empty if there is none."""
        length = self.headers.get("content-length", "")
        if not (length.isascii() and length.isdigit() and 0 < int(length[:9]) <= _SHORT):
            return b""
        try:
            return self.body(_SHORT)
        except (HTTPError, OSError, ValueError):
            return b""

    def _received(self, largest: int) -> Iterator[bytes]:
        """The body as it arrives; `largest` also bounds its compressed form."""
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
            self._raw.read()  # reads nothing, but lets the connection be reused
        self._response.close()


class Requester:
    """Sends single requests. Safe to use from many threads, each in an exchange of its own."""

    def __init__(
        self, guard: Guard, proxies: Proxies, trust: ssl.SSLContext, timeout: float, at_a_time: int
    ) -> None:
        self.exchange = Exchange()
        self._guard = guard
        self._proxies = proxies
        self._timeout = timeout
        self._adapter = _Adapter(guarded(guard, self.exchange, timeout), trust, _KEPT_HOSTS, at_a_time)

    def get(self, url: str, headers: Mapping[str, str], login: Login | None, proxy: str | None) -> Response:
        """GETs `url`; `proxy` as a source has it: an address, `none`, or None for the desk's own.

        Raises one of `TROUBLES`, or `ForbiddenAddress`. Afterwards `exchange.route` is the route it took.
        """
        request = _Request()
        request.method = "GET"
        self.exchange.route = Direct()
        request.plain = plain_address(url)
        if request.plain:
            request.url = url
        else:
            request.prepare_url(url, None)
        request.prepare_headers({"Accept-Encoding": ASKED_FOR, **headers})
        if login:
            HTTPBasicAuth(*login)(request)
        self.exchange.route = route = self._route(request, proxy)
        while True:
            self.exchange.reused = False
            try:
                return Response(self._adapter.send_by(route, request, self._timeout))
            except requests.ConnectionError as error:
                if not self._may_ask_again(error):
                    raise

    def connect(self, url: str, proxy: str | None) -> None:
        """Connects as `get` would, encryption included, asks nothing and hangs up.

        Raises as `get` does, and what the network raises.
        """
        request = _Request()
        request.prepare_url(url, None)
        self.exchange.route = Direct()
        self.exchange.route = route = self._route(request, proxy)
        self._adapter.connect_by(route, request.url or "", self._timeout)

    def _route(self, request: "_Request", proxy: str | None) -> Route:
        """The route it takes. Raises `ForbiddenAddress`: what a proxy would be asked for is checked first."""
        proxies, plain, url = self._proxies.or_chosen(proxy, "the source's proxy"), request.plain, request.url
        if plain:
            route = route_to(plain.scheme, plain.host, plain.port, proxies)
        else:
            route = route_of(url or "", proxies)
        if isinstance(route, Proxy):
            self._guard.judge_written(plain.host if plain else host_asked(url or ""))
        return route

    def _may_ask_again(self, error: requests.ConnectionError) -> bool:
        """Whether it failed only because connections are kept: a server may close one just as it is reused
        (RFC 9112 §9.3.1), and other hosts' connections may have displaced it meanwhile.
        """
        if not self.exchange.has_time or isinstance(error, requests.Timeout):
            return False
        return self.exchange.reused or any(isinstance(cause, ClosedPoolError) for cause in error.args)


class _Request(requests.PreparedRequest):
    """With the parts of its address, where that is plain."""

    plain: PlainAddress | None = None


class _Adapter(Adapter):
    """Takes no plain address apart again, and looks for no cookies, as nothing would send them."""

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        if proxies or not isinstance(request, _Request) or not (plain := request.plain):
            return super().get_connection_with_tls_context(request, verify, proxies, cert)
        return self.poolmanager.connection_from_host(plain.host, plain.port, plain.scheme, _POOL)

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:
        if proxies or not isinstance(request, _Request) or not (plain := request.plain):
            return super().request_url(request, proxies)
        return plain.target

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        answer = requests.Response()
        answer.status_code, answer.raw = resp.status, resp
        answer.request, answer.url = req, req.url or ""
        return answer
