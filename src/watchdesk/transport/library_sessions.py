"""Sends what a library requests by itself through our proxies, and trusts our authorities.

The library makes its requests sessions where nobody can reach them, so adapters are replaced for a thread.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.exceptions import HTTPError

from watchdesk.config.network import Network
from watchdesk.transport.adapter import Adapter, route_of
from watchdesk.transport.connections import ConnectionPolicy
from watchdesk.transport.reasons import reason_of

_own_adapter = requests.Session.get_adapter


class LibraryAdapter(BaseAdapter):
    """Used for one call of the library. Afterwards `trouble` says why the network failed, if it did."""

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


_adapter_in_force: ContextVar[LibraryAdapter | None] = ContextVar("_adapter_in_force", default=None)


@contextmanager
def library_network(network: Network, trust: ssl.SSLContext, wait: float) -> Iterator[LibraryAdapter]:
    """A context in which this thread's requests sessions use this network; `wait`: seconds."""
    requests.Session.get_adapter = _adapter_for  # type: ignore[method-assign, assignment]
    adapter = LibraryAdapter(network, trust, wait)
    token = _adapter_in_force.set(adapter)
    try:
        yield adapter
    finally:
        _adapter_in_force.reset(token)
        adapter.end()


def _adapter_for(session: requests.Session, url: str) -> BaseAdapter:
    """The adapter in force, except for sessions with adapters of their own, which check where they may go."""
    own, lent_one = _own_adapter(session, url), _adapter_in_force.get()
    return lent_one if lent_one and type(own) is HTTPAdapter else own


def _trusting_anybody() -> ssl.SSLContext:
    """A context that accepts any certificate, for addresses that say verify=no."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
