"""What an HTTP answer means, before its body is read: status and headers → an outcome. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

from watchdesk.model import Failed, Gone, NotModified, Throttled
from watchdesk.wire.waits import http_date
from watchdesk.wire.waits import retry_after as wire_retry_after

PERMANENT = frozenset({301, 308})
REDIRECTS = PERMANENT | {302, 303, 307}

_THROTTLING = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_LONGEST_WAIT = timedelta(days=365)

_SENTENCES = {
    400: "the server does not understand the request",
    401: "it asks for a login; set auth for this source in sources.yaml",
    402: "it is for paying readers; set auth for this source in sources.yaml",
    403: "the server refuses to show it to us",
    404: "there is nothing at this address; look for its new one",
    407: "the proxy asks for a login",
    451: "it is withheld for legal reasons",
}
_CLASSES = {
    1: "the server gave no whole answer",
    2: "the server answered without the document",
    3: "it redirects without saying where to",
    4: "the server does not accept the request",
    5: "the server is in trouble",
}


def outcome_without_body(
    status: int, headers: Mapping[str, str], now: datetime, moved_to: str | None, *, conditional: bool
) -> NotModified | Gone | Throttled | Failed:
    """The outcome of every answer but 200; `headers` in lower case, `conditional` if validators were sent.

    `moved_to` is where permanent redirects led.
    """
    if status == HTTPStatus.NOT_MODIFIED:
        if conditional:
            return NotModified(headers, moved_to=moved_to)
        return Failed("the server says that nothing changed, but has not been read yet (HTTP 304)", status)
    if status == HTTPStatus.GONE:
        return Gone()
    if status in _THROTTLING:
        return Throttled(status, retry_after(headers, now))
    sentence = _SENTENCES.get(status) or _CLASSES.get(status // 100, "the server's answer is unknown")
    return Failed(f"{sentence} (HTTP {_named(status)})", status)


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Retry-After as a wait: seconds or an HTTP-date (RFC 9110 §10.2.3); None when absent or unreadable.

    A date counts from the answer's own Date, so that a server's wrong clock does not lengthen the wait.
    """
    wait = wire_retry_after(headers.get("retry-after"), http_date(headers.get("date", "")) or now)
    return None if wait is None else min(wait, _LONGEST_WAIT)


def _named(status: int) -> str:
    """404 Not Found, in the standard's words: the server's own could hold anything."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
