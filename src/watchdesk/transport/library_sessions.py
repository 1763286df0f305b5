"""What a library asks of the web by itself, with requests, goes our way: our proxies, our authorities.

requests knows no other place for it: the library makes its sessions where nobody can reach them.
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
from watchdesk.transport.connections import Manner
from watchdesk.transport.reasons import reason_of

_own_adapter = requests.Session.get_adapter


class LentAdapter(BaseAdapter):
    """For one errand. Afterwards `trouble` says why the network failed, if it did."""

    def __init__(self, network: Network, trust: ssl.SSLContext, wait: float) -> None:
        super().__init__()
        self.trouble: str | None = None
        self._network = network
        self._wait = wait
        manner = Manner(lambda _asked: wait)
        self._believing = Adapter(manner, trust)
        self._careless = Adapter(manner, _anybody())

    def send(self, request: requests.PreparedRequest, *_: Any, **kwargs: Any) -> requests.Response:
        """As requests calls it; of `kwargs` counts whether certificates are to be judged, and the timeout."""
        route = route_of(request.url or "", self._network.proxies)
        adapter = self._careless if kwargs.get("verify") is False else self._believing
        try:
            answer = adapter.send_by(route, request, kwargs.get("timeout") or self._wait)
            if not kwargs.get("stream"):
                answer.content  # noqa: B018 - it is read here, as requests does after its adapters
        except (requests.RequestException, HTTPError, OSError) as error:
            self.trouble = reason_of(error, self._wait, route, self._network.authorities)
            raise
        return answer

    def close(self) -> None:
        """Called by each session: the connections are kept until `end`."""

    def end(self) -> None:
        """Closes the connections."""
        self._believing.close()
        self._careless.close()


_lent: ContextVar[LentAdapter | None] = ContextVar("_lent", default=None)


@contextmanager
def lent(network: Network, trust: ssl.SSLContext, wait: float) -> Iterator[LentAdapter]:
    """Meanwhile every request that this thread makes with requests goes by this network; `wait`: seconds."""
    requests.Session.get_adapter = _adapter_for  # type: ignore[method-assign, assignment]
    adapter = LentAdapter(network, trust, wait)
    token = _lent.set(adapter)
    try:
        yield adapter
    finally:
        _lent.reset(token)
        adapter.end()


def _adapter_for(session: requests.Session, url: str) -> BaseAdapter:
    """Sessions that have adapters of their own keep them: they judge where they may go."""
    own, lent_one = _own_adapter(session, url), _lent.get()
    return lent_one if lent_one and type(own) is HTTPAdapter else own


def _anybody() -> ssl.SSLContext:
    """Believes everybody: for addresses that say verify=no."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
