"""The only way to the web: conditional requests with limits of size and time, and honest manners.

Whatever a server or a network may do becomes a `FetchOutcome`. When to ask is left to `pace`; what
a body says, to `feed` and `articles`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import requests

from watchdesk import __version__
from watchdesk.config.settings import PollingSettings
from watchdesk.model import (
    Failed,
    Fetched,
    FetchOutcome,
    Gone,
    NotModified,
    Source,
    SourceState,
    Throttled,
)
from watchdesk.sources.deadline import Deadline
from watchdesk.sources.guard import ForbiddenAddress, Guard
from watchdesk.sources.transport import GuardedAdapter, trust_store

MOST_REDIRECTS = 10
WHOLE_TRANSFER = 3
"""A request with its redirects and its body may take this many times `polling.timeout`."""

_FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)
_PAGES = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
_PERMANENT = (301, 308)
_REDIRECTS = (301, 302, 303, 307, 308)
_CHUNK = 64 * 1024


class HttpFetcher:
    """A `Fetcher` over requests; safe to use from many threads, each call on connections of its own."""

    def __init__(self, polling: PollingSettings, contact: str | None) -> None:
        self._timeout = polling.timeout.total_seconds()
        self._largest = polling.largest
        self._guard = Guard.of(polling.private_addresses)
        self._trust = trust_store()
        self._agent = _user_agent(contact)

    def fetch(self, source: Source, state: SourceState) -> FetchOutcome:
        """The feed, unless it is as it was when `state` was remembered (RFC 9110 §13.1)."""
        headers = {"Accept": _FEEDS}
        if state.etag:
            headers["If-None-Match"] = state.etag
        if state.last_modified:
            headers["If-Modified-Since"] = state.last_modified
        return self._get(source.url, source, headers)

    def page(self, url: str, source: Source) -> FetchOutcome:
        """An article's page, with the headers, the login and the proxy of its source."""
        return self._get(url, source, {"Accept": _PAGES})

    def _get(self, url: str, source: Source, headers: Mapping[str, str]) -> FetchOutcome:
        deadline = Deadline(self._timeout * WHOLE_TRANSFER)
        with requests.Session() as session, deadline:
            session.trust_env = False
            adapter = GuardedAdapter(self._guard, deadline, self._trust)
            session.mount("http://", adapter)
            session.mount("https://", adapter)
            if source.proxy:
                session.proxies = {"http": source.proxy, "https": source.proxy}
            try:
                return self._follow(session, url, source, headers)
            except ForbiddenAddress as refused:
                return Failed(str(refused))
            except requests.RequestException as error:
                if deadline.expired:
                    return Failed(f"the answer had not arrived whole after {deadline.seconds:.0f} s")
                return Failed(_reason(error, self._timeout))

    def _follow(
        self, session: requests.Session, url: str, source: Source, headers: Mapping[str, str]
    ) -> FetchOutcome:
        """Follows redirects by hand: what is secret stays with the origin it was given for."""
        target, permanent = url, True
        for _ in range(MOST_REDIRECTS + 1):
            same_origin = _origin(target) == _origin(url)
            answer = session.get(
                target,
                headers={"User-Agent": self._agent, **(source.headers if same_origin else {}), **headers},
                auth=(source.user, source.password or "") if source.user and same_origin else None,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            )
            with answer:
                location = answer.headers.get("location")
                if answer.status_code not in _REDIRECTS or not location:
                    moved_to = target if permanent and target != url else None
                    return self._outcome(answer, target, moved_to)
                permanent = permanent and answer.status_code in _PERMANENT
                target = urljoin(target, location)
            if urlsplit(target).scheme not in ("http", "https"):
                return Failed(f"it redirects to {target[:200]}, which is not a web address", 302)
        return Failed(f"it redirects more than {MOST_REDIRECTS} times", 302)

    def _outcome(self, answer: requests.Response, url: str, moved_to: str | None) -> FetchOutcome:
        status = answer.status_code
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if status == requests.codes.ok:
            body = self._body(answer)
            if body is None:
                return Failed(f"it is larger than {self._largest:,} bytes (polling.largest)", status)
            return Fetched(body, url, status, headers, moved_to)
        if status == requests.codes.not_modified:
            return NotModified(headers)
        if status == requests.codes.gone:
            return Gone()
        if status in (requests.codes.too_many_requests, requests.codes.service_unavailable):
            return Throttled(status, retry_after(headers.get("retry-after"), datetime.now(UTC)))
        return Failed(f"the server answered {_status_text(status, answer.reason)}", status)

    def _body(self, answer: requests.Response) -> bytes | None:
        """The decompressed body; None when it is larger than allowed."""
        parts: list[bytes] = []
        size = 0
        for part in answer.iter_content(_CHUNK):
            size += len(part)
            if size > self._largest:
                return None
            parts.append(part)
        return b"".join(parts)


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Retry-After as a wait from `now`: seconds or an HTTP-date (RFC 9110 §10.2.3); None if unreadable."""
    if value is None:
        return None
    if value.strip().isdigit():
        return timedelta(seconds=min(int(value), 10**8))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(aware - now, timedelta(0))


def _user_agent(contact: str | None) -> str:
    """Says who asks and how to reach the desk (RFC 9110 §10.1.5)."""
    return f"watchdesk/{__version__}" + (f" (+{contact})" if contact else "")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or default


def _status_text(status: int, reason: str | None) -> str:
    return f"{status} {reason}" if reason else str(status)


def _reason(error: requests.RequestException, timeout: float) -> str:
    """One sentence for the person who follows the feed; never an address with a password in it."""
    said = _innermost(error)
    match error:
        case requests.exceptions.SSLError():
            return f"its certificate or its encryption is not valid: {said}"
        case requests.exceptions.ProxyError():
            return f"the proxy could not be used: {said}"
        case requests.exceptions.Timeout():
            return f"the server did not answer within {timeout:.0f} s"
        case requests.exceptions.ContentDecodingError():
            return "its compressed body is damaged"
        case requests.exceptions.ChunkedEncodingError():
            return "the connection broke off in the middle of the answer"
        case requests.exceptions.InvalidURL() | requests.exceptions.MissingSchema():
            return f"its address cannot be used: {said}"
        case _:
            return f"the server could not be reached: {said}"


def _innermost(error: BaseException) -> str:
    """What the lowest layer said, without the wrappings of those above."""
    cause: BaseException | None = error
    while cause is not None:
        error, cause = cause, cause.__cause__ or cause.__context__
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text or type(error).__name__

