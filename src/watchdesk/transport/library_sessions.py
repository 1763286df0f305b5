"""Sends what a library requests by itself through our proxies, and trusts our authorities.

The library makes its requests sessions where nobody can reach them, so adapters are replaced for a thread.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, TypeVar

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.exceptions import HTTPError

from watchdesk.config.network import Network
from watchdesk.transport.adapter import Adapter, connected, redacted, route_of
from watchdesk.transport.connections import ConnectionPolicy
from watchdesk.transport.reasons import reason_of

_own_adapter = requests.Session.get_adapter


class LibraryAdapter(BaseAdapter):
    """Used for one call of the library. Afterwards `trouble` says why the network failed, if it did."""

    is_for_all = False
    """Whether it stands for adapters of the library's own, too."""

    def __init__(self, network: Network, trust: ssl.SSLContext, wait: float) -> None:
        super().__init__()
        self.trouble: str | None = None
        self._network = network
        self._wait = wait
        policy = ConnectionPolicy(lambda _asked: wait)
        self._verifying = Adapter(policy, trust)
        self._unverified = Adapter(policy, _trusting_anybody())

    def send(self, request: requests.PreparedRequest, *_: Any, **kwargs: Any) -> requests.Response:
        """Called by requests; of `kwargs` it heeds `verify`, `timeout` and `stream`."""
        route = route_of(request.url or "", self._network.proxies)
        adapter = self._unverified if kwargs.get("verify") is False else self._verifying
        try:
            answer = adapter.send_by(route, request, kwargs.get("timeout") or self._wait)
            if not kwargs.get("stream"):
                answer.content  # noqa: B018 - reads the body here, as requests does after its adapters
        except (requests.RequestException, HTTPError, OSError) as error:
            self.trouble = reason_of(error, self._wait, route, self._network.authorities)
            raise
        return answer

    def close(self) -> None:
        """Called by each session; does nothing, because connections are kept until `end`."""

    def end(self) -> None:
        """Closes the connections."""
        self._verifying.close()
        self._unverified.close()


class ProbingAdapter(LibraryAdapter):
    """Connects for the first request of a call, sends nothing of it, and fails each request."""

    is_for_all = True

    def __init__(self, network: Network, trust: ssl.SSLContext, wait: float) -> None:
        super().__init__(network, trust, wait)
        self.reached: str | None = None
        """What answered, in words."""
        self.expires: datetime | None = None
        """When its certificate ends."""

    def send(self, request: requests.PreparedRequest, *_: Any, **kwargs: Any) -> requests.Response:
        """Raises `requests.ConnectionError` whatever comes of it."""
        url = request.url or ""
        route = route_of(url, self._network.proxies)
        adapter = self._unverified if kwargs.get("verify") is False else self._verifying
        if self.reached is None and self.trouble is None:
            try:
                self.expires = adapter.connect_by(route, url, self._wait)
                self.reached = connected(url, route)
            except (requests.RequestException, HTTPError, OSError) as error:
                reason = reason_of(error, self._wait, route, self._network.authorities)
                self.trouble = f"{redacted(url)}: {reason}"
        raise requests.ConnectionError("nothing is sent")


_Adapter = TypeVar("_Adapter", bound=LibraryAdapter)

_adapter_in_force: ContextVar[LibraryAdapter | None] = ContextVar("_adapter_in_force", default=None)


@contextmanager
def library_network(network: Network, trust: ssl.SSLContext, wait: float) -> Iterator[LibraryAdapter]:
    """A context in which this thread's requests sessions use this network; `wait`: seconds."""
    with _in_force(LibraryAdapter(network, trust, wait)) as adapter:
        yield adapter


@contextmanager
def probing_network(network: Network, trust: ssl.SSLContext, wait: float) -> Iterator[ProbingAdapter]:
    """A context in which this thread's requests sessions send nothing: see `ProbingAdapter`."""
    with _in_force(ProbingAdapter(network, trust, wait)) as adapter:
        yield adapter


@contextmanager
def _in_force(adapter: _Adapter) -> Iterator[_Adapter]:
    requests.Session.get_adapter = _adapter_for  # type: ignore[method-assign, assignment]
    token = _adapter_in_force.set(adapter)
    try:
        yield adapter
    finally:
        _adapter_in_force.reset(token)
        adapter.end()


def _adapter_for(session: requests.Session, url: str) -> BaseAdapter:
    """The adapter in force, except for sessions with adapters of their own, which check where they may go."""
    own, lent_one = _own_adapter(session, url), _adapter_in_force.get()
    return lent_one if lent_one and (lent_one.is_for_all or type(own) is HTTPAdapter) else own


def _trusting_anybody() -> ssl.SSLContext:
    """A context that accepts any certificate, for addresses that say verify=no."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
