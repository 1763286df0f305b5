"""Asks an address of whose answer the status alone counts. No message repeats the address: it is a secret."""

import ssl
from contextlib import closing
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from watchdesk.config.network import Network, Proxy
from watchdesk.transport.adapter import Adapter, route_of
from watchdesk.transport.connections import ConnectionPolicy
from watchdesk.transport.deadline import Deadline, Watch
from watchdesk.transport.reasons import reason_of, unknown_login
from watchdesk.transport.trust import trust_store

_HIDDEN = "…"
_LOGINS = {401: "www-authenticate", 407: "proxy-authenticate"}


class Asking:
    """GETs by one network; private addresses are allowed, and redirects are not followed."""

    def __init__(
        self, network: Network, user_agent: str, seconds: float, trust: ssl.SSLContext | None = None
    ) -> None:
        """`seconds`: how long all of one request may take; `trust`: the network's authorities, loaded."""
        self._network = network
        self._user_agent = user_agent
        self._watch = Watch(seconds)
        self._trust = trust

    def ask(self, url: str) -> str | None:
        """None where the answer was 2xx; else why not, in words without the address."""
        with self._watch.deadline() as deadline:
            try:
                return self._answered(url, deadline)
            except (requests.RequestException, HTTPError, OSError, ValueError) as trouble:
                return self._interrupted(url, trouble, deadline)

    def connect(self, url: str) -> str | None:
        """Connects and asks nothing. None where that went well; else why not, without the address."""
        with self._watch.deadline() as deadline:
            try:
                with closing(self._adapter(deadline)) as adapter:
                    adapter.connect_by(route_of(url, self._network.proxies), url, deadline.remaining)
            except (requests.RequestException, HTTPError, OSError, ValueError) as trouble:
                return self._interrupted(url, trouble, deadline)
        return None

    def _adapter(self, deadline: Deadline) -> Adapter:
        self._trust = self._trust or trust_store(self._network.authorities)
        policy = ConnectionPolicy(lambda _asked: deadline.remaining, deadline.watch)
        # No session: no login from a .netrc file may travel with it, and no cookie.
        return Adapter(policy, self._trust, 1, 1)

    def _answered(self, url: str, deadline: Deadline) -> str | None:
        headers = {"User-Agent": self._user_agent, "Accept-Encoding": "identity"}
        request = requests.Request("GET", url, headers=headers).prepare()
        route = route_of(url, self._network.proxies)
        adapter = self._adapter(deadline)
        with closing(adapter), adapter.send_by(route, request, deadline.remaining) as answer:
            status = answer.status_code
            challenge = answer.headers.get(_LOGINS.get(status, ""), "")
        if 200 <= status < 300:
            return None
        through = f"; asked through {route}" if isinstance(route, Proxy) else ""
        if login := unknown_login(challenge):
            return f"it answered {status}, and asks for a login by {login}{through}"
        if 300 <= status < 400:
            return f"it answered {status}; redirects are not followed: give the new address{through}"
        return f"it answered {status}{through}"

    def _interrupted(self, url: str, trouble: Exception, deadline: Deadline) -> str:
        if deadline.expired:
            return f"it took more than {deadline.seconds:g} s"
        try:
            route = route_of(url, self._network.proxies)
        except (HTTPError, ValueError):
            return "its address is not a web address"
        reason = reason_of(trouble, deadline.seconds, route, self._network.authorities)
        return _without(url, reason)


def _without(url: str, text: str) -> str:
    """The text without what it may repeat of the address."""
    parts = urlsplit(url)
    told = (url, parts.netloc, parts.hostname or "", parts.query, *parts.path.split("/"))
    for part in sorted({one for one in told if len(one) > 3}, key=len, reverse=True):
        text = text.replace(part, _HIDDEN)
    return text
