"""Tries whether a site is there, and what time it has, by the way on which it is polled. Polls nothing."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException
from urllib.parse import urljoin, urlsplit

from watchdesk.config.network import Network, Proxy
from watchdesk.config.settings import PollingSettings
from watchdesk.model import Source
from watchdesk.sources.web.agent import project_address, user_agent
from watchdesk.sources.web.guard import ForbiddenAddress, Guard
from watchdesk.sources.web.requesting import TROUBLES, Requester
from watchdesk.transport.deadline import Deadline, Watch
from watchdesk.transport.reasons import reason_of
from watchdesk.transport.retry_after import http_date


@dataclass(frozen=True, slots=True)
class SitePresent:
    """It answered, whatever it said."""

    host: str
    by: str
    """` through the proxy …`; empty: directly."""
    ahead: timedelta | None
    """By how much its clock is ahead of ours; None: it does not say, or a store in between has answered."""


@dataclass(frozen=True, slots=True)
class SiteAbsent:
    """It did not answer."""

    host: str
    reason: str
    is_refused: bool = False
    """Nobody asked it: the guard of private networks does not let it be. The reason says what to do."""


class Presence:
    """Asks for robots.txt, which every site expects to be asked for; reads no more than its head."""

    def __init__(
        self,
        polling: PollingSettings,
        contact: str | None,
        network: Network,
        seconds: float,
        trust: ssl.SSLContext,
    ) -> None:
        """`seconds`: how long one question may take in all."""
        self._seconds = min(seconds, polling.timeout.total_seconds())
        guard = Guard.of(polling.private_addresses)
        self._requester = Requester(guard, network.proxies, trust, self._seconds, 1)
        self._headers = {"User-Agent": user_agent(contact, project_address())}
        self._authorities = network.authorities
        self._watch = Watch(self._seconds)

    def of(self, source: Source, clock: Callable[[], datetime]) -> SitePresent | SiteAbsent:
        """Whether the site of a source is there. Never raises for what a server or a network may do."""
        url = urljoin(source.url, "/robots.txt")
        host, exchange = urlsplit(url).hostname or "", self._requester.exchange
        with self._watch.deadline() as deadline, exchange.under(deadline):
            asked = clock()
            try:
                with self._requester.get(url, self._headers, None, source.proxy) as answer:
                    return self._present(host, answer.headers, asked, clock())
            except ForbiddenAddress as forbidden:
                return SiteAbsent(host, str(forbidden), is_refused=True)
            except TROUBLES as error:
                return self._absent(host, error, deadline)

    def absence(self, source: Source) -> SiteAbsent | None:
        """Why nobody can connect to the site of a source; None where one can. The site is asked nothing."""
        host, exchange = urlsplit(source.url).hostname or "", self._requester.exchange
        with self._watch.deadline() as deadline, exchange.under(deadline):
            try:
                self._requester.connect(source.url, source.proxy)
            except ForbiddenAddress as forbidden:
                return SiteAbsent(host, str(forbidden), is_refused=True)
            except (*TROUBLES, OSError, HTTPException) as error:
                return self._absent(host, error, deadline)
        return None

    def _absent(self, host: str, error: Exception, deadline: Deadline) -> SiteAbsent:
        if deadline.expired:
            return SiteAbsent(host, f"it took more than {self._seconds:g} s")
        route = self._requester.exchange.route
        return SiteAbsent(host, reason_of(error, self._seconds, route, self._authorities))

    def _present(
        self, host: str, headers: Mapping[str, str], asked: datetime, answered: datetime
    ) -> SitePresent:
        route = self._requester.exchange.route
        by = f" through {route}" if isinstance(route, Proxy) else ""
        moment = http_date(headers.get("date", ""))
        if moment is None or headers.get("age", "0").strip() != "0":
            return SitePresent(host, by, None)
        # It is in whole seconds (RFC 9110 §5.6.7): half of one is lost on average.
        ahead = moment + timedelta(seconds=0.5) - (asked + (answered - asked) / 2)
        return SitePresent(host, by, ahead)
