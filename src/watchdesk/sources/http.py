"""The only way to the web: conditional requests with limits of size and time, and honest manners.

Whatever a server or a network may do becomes a `FetchOutcome`. When to ask is left to `pace`; what
a body says, to `feed` and `articles`. requests' home.
"""

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from watchdesk import __version__
from watchdesk.config.settings import PollingSettings
from watchdesk.model import Failed, Fetched, FetchOutcome, Source, SourceState, Validators
from watchdesk.sources.answers import PERMANENT, REDIRECTS, outcome_without_body
from watchdesk.sources.guard import ForbiddenAddress, Guard
from watchdesk.sources.locations import (
    is_web_address,
    login_of,
    may_know_secrets,
    redirect_target,
    without_login,
)
from watchdesk.sources.reasons import reason_of
from watchdesk.sources.transport import guarded_pools
from watchdesk.wire.connections import Pools, trust_store
from watchdesk.wire.deadline import Deadline

MOST_REDIRECTS = 10
WHOLE_EXCHANGE = 3
"""A request with its redirects and its body may take this many times `polling.timeout`."""

_FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)
_PAGES = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
_CHUNK = 64 * 1024


class HttpFetcher:
    """A `Fetcher` over requests; safe to use from many threads, each call on connections of its own."""

    def __init__(self, polling: PollingSettings, contact: str | None) -> None:
        self._timeout = polling.timeout.total_seconds()
        self._largest = polling.largest
        self._guard = Guard.of(polling.private_addresses)
        self._trust = trust_store()
        self._agent = user_agent(contact)

    def fetch(self, source: Source, state: SourceState) -> FetchOutcome:
        """The source's document, unless it is as it was when `state` was remembered (RFC 9110 §13.1)."""
        return self._get(source.url, source, _FEEDS, _validators(state))

    def part(self, url: str, source: Source, validators: Validators) -> FetchOutcome:
        """A further document of the source, conditionally on `validators`."""
        return self._get(
            url,
            source,
            _FEEDS,
            _validators(SourceState(source.id, etag=validators.etag, last_modified=validators.last_modified)),
        )

    def page(self, url: str, source: Source) -> FetchOutcome:
        """An article's page; the source's login and headers go along to the source's own origin only."""
        return self._get(url, source, _PAGES, {})

    def hold(self, url: str, until: datetime) -> None:
        """Leaves the host of an address alone until then."""

    def _get(self, url: str, source: Source, accept: str, validators: Mapping[str, str]) -> FetchOutcome:
        if not is_web_address(url):
            return Failed(f"{url[:200]!r} is not a web address (http:// or https://)")
        with Deadline(self._timeout * WHOLE_EXCHANGE) as deadline, self._session(source, deadline) as session:
            try:
                outcome = self._follow(session, without_login(url), source, accept, validators)
            except ForbiddenAddress as refused:
                return Failed(str(refused))
            except (requests.RequestException, HTTPError, ValueError) as error:
                outcome = Failed(reason_of(error, self._timeout))
            # A body whose end is the connection's end looks whole when the deadline has cut it.
            if deadline.expired:
                return Failed(f"its answer had not arrived whole after {deadline.seconds:g} s")
            return outcome

    def _session(self, source: Source, deadline: Deadline) -> requests.Session:
        session = _Session()
        # A proxy was chosen by the administrator: where it is and leads is not judged.
        guard = Guard(allow_all=True) if source.proxy else self._guard
        adapter = _Adapter(guarded_pools(guard, deadline, self._timeout), self._trust)
        for scheme in ("http://", "https://"):
            session.mount(scheme, adapter)
        if source.proxy:
            session.proxies = {"http": source.proxy, "https": source.proxy}
        return session

    def _follow(
        self, session: requests.Session, url: str, source: Source, accept: str, validators: Mapping[str, str]
    ) -> FetchOutcome:
        """Follows redirects one by one, so that each is judged and secrets stay with their origin."""
        target, permanent = url, True
        for _ in range(MOST_REDIRECTS + 1):
            with self._ask(session, target, source, accept, validators) as answer:
                location = answer.headers.get("location")
                if answer.status_code not in REDIRECTS or not location:
                    moved_to = target if permanent and target != url else None
                    return self._outcome(answer, target, moved_to, conditional=bool(validators))
                permanent = permanent and answer.status_code in PERMANENT
                target = redirect_target(target, location)
                if not is_web_address(target):
                    return Failed(f"it redirects to {target[:200]!r}, which is not a web address", 302)
        return Failed(f"it redirects more than {MOST_REDIRECTS} times, last to {target[:200]}", 302)

    def _ask(
        self,
        session: requests.Session,
        target: str,
        source: Source,
        accept: str,
        validators: Mapping[str, str],
    ) -> requests.Response:
        trusted = may_know_secrets(source, target)
        own = source.headers if trusted else {}
        return session.get(
            target,
            headers={"User-Agent": self._agent, "Accept": accept, **own, **validators},
            auth=login_of(source) if trusted else None,
            timeout=self._timeout,
            allow_redirects=False,
            stream=True,
        )

    def _outcome(
        self, answer: requests.Response, url: str, moved_to: str | None, *, conditional: bool
    ) -> FetchOutcome:
        status = answer.status_code
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if status != requests.codes.ok:
            return outcome_without_body(status, headers, datetime.now(UTC), conditional=conditional)
        body = self._body(answer)
        if body is None:
            return Failed(f"it is larger than {self._largest:,} bytes (polling.largest)", status)
        return Fetched(body, url, status, headers, moved_to)

    def _body(self, answer: requests.Response) -> bytes | None:
        """The decompressed body; None as soon as it is larger than allowed."""
        parts: list[bytes] = []
        size = 0
        for part in answer.iter_content(_CHUNK):
            size += len(part)
            if size > self._largest:
                return None
            parts.append(part)
        return b"".join(parts)


class _Session(requests.Session):
    """Without what requests would do by itself: cookies, the environment's proxies and logins, redirects."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - requests' hook
        """None: requests would read a redirect's whole body, however large, before it is followed."""
        return None


class _Adapter(HTTPAdapter):
    """Connects by the pools it is given."""

    def __init__(self, pools: Pools, trust: ssl.SSLContext) -> None:
        self._pools = pools
        self._trust = trust
        super().__init__(max_retries=0)

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


def user_agent(contact: str | None) -> str:
    """Who asks, and how to reach the desk: an address of mail or of a page (RFC 9110 §10.1.5)."""
    if not contact:
        return f"watchdesk/{__version__}"
    reach = contact if "://" in contact or contact.startswith("mailto:") else f"mailto:{contact}"
    return f"watchdesk/{__version__} (+{reach.encode('ascii', 'replace').decode()})"


def _validators(state: SourceState) -> dict[str, str]:
    """Exactly as they were received; one that was folded over lines cannot be sent (RFC 9112 §5.2)."""
    sent = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    return {name: value for name, value in sent.items() if value and "\n" not in value}
