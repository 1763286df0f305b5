"""What a response means before its body is read: status and headers → an outcome. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

from watchdesk.model import Failed, Gone, NotModified, Throttled
from watchdesk.transport.reasons import CLIENT_CERTIFICATE, unknown_login
from watchdesk.transport.retry_after import http_date
from watchdesk.transport.retry_after import retry_after as wire_retry_after

PERMANENT = frozenset({301, 308})
REDIRECTS = PERMANENT | {302, 303, 307}

_THROTTLING = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_LONGEST_WAIT = timedelta(days=365)
_ASKS_FOR_CERTIFICATE = re.compile(
    rb"(?i)no required SSL certificate|client certificate (is )?required|requires? a client certificate"
)
"""What servers say that accept a connection without a client certificate and then refuse the request."""

_SENTENCES = {
    400: "the server does not understand the request",
    401: "it asks for a login; set auth for this source in sources.yaml",
    402: "it is for paying readers; set auth for this source in sources.yaml",
    403: "the server refuses to show it to us",
    404: "there is nothing at this address; look for its new one",
    421: "the server does not serve this address over HTTP/1.1",
    426: "the server wants another protocol than HTTP/1.1, such as HTTP/2, which watchdesk does not speak",
    451: "it is withheld for legal reasons",
    505: "the server does not speak HTTP/1.1, and watchdesk speaks nothing else",
}
_CLASSES = {
    1: "the server gave no whole answer",
    2: "the server answered without the document",
    3: "it redirects without saying where to",
    4: "the server does not accept the request",
    5: "the server is in trouble",
}


def outcome_without_body(
    status: int,
    headers: Mapping[str, str],
    now: datetime,
    moved_to: str | None,
    *,
    conditional: bool,
    logged_in: bool = False,
    said: bytes = b"",
) -> NotModified | Gone | Throttled | Failed:
    """The outcome of every status but 200; header names in lower case, `conditional` if validators were sent.

    `moved_to` is where permanent redirects led; `logged_in`: a login was sent; `said`: how the body begins.
    """
    if status == HTTPStatus.NOT_MODIFIED:
        if conditional:
            return NotModified(headers, moved_to=moved_to)
        return Failed("the server says that nothing changed, but has not been read yet (HTTP 304)", status)
    if status == HTTPStatus.GONE:
        return Gone()
    if status in _THROTTLING:
        return Throttled(status, retry_after(headers, now))
    sentence = _of_login(status, headers, logged_in=logged_in)
    if _ASKS_FOR_CERTIFICATE.search(said):
        sentence = CLIENT_CERTIFICATE
    sentence = (
        sentence or _SENTENCES.get(status) or _CLASSES.get(status // 100, "the server's answer is unknown")
    )
    return Failed(f"{sentence} (HTTP {_named(status)})", status)


def _of_login(status: int, headers: Mapping[str, str], *, logged_in: bool) -> str | None:
    match status:
        case HTTPStatus.UNAUTHORIZED:
            if unknown := unknown_login(headers.get("www-authenticate", "")):
                return f"it asks for a login by {unknown}, and watchdesk knows basic authentication alone"
            return "it does not accept the user and password of this source's auth" if logged_in else None
        case HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            if unknown := unknown_login(headers.get("proxy-authenticate", "")):
                return (
                    f"the proxy asks for a login by {unknown}, and watchdesk knows basic authentication alone"
                )
            return "the proxy asks for a login; write it in the proxy's address, as http://USER:PASSWORD@HOST:PORT"
        case _:  # rest: outside type
            return None


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Retry-After as a wait: seconds or an HTTP-date (RFC 9110 §10.2.3); None if absent or unreadable.

    A date counts from the response's own Date, so that a server's wrong clock does not lengthen the wait.
    """
    wait = wire_retry_after(headers.get("retry-after"), http_date(headers.get("date", "")) or now)
    return None if wait is None else min(wait, _LONGEST_WAIT)


def _named(status: int) -> str:
    """`404 Not Found`, in the standard's words: the server's own could hold anything."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
