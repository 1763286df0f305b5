"""Why the network failed, as a sentence for the person who follows a feed or sends digests. Pure.

Libraries wrap errors several times over; the innermost ones say what happened.
"""

import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from http.client import HTTPException, IncompleteRead, RemoteDisconnected

from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    LocationParseError,
    LocationValueError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
)
from urllib3.exceptions import (
    TimeoutError as ConnectionTimeout,
)

from watchdesk.config.network import Authorities, Direct, Proxy, Route
from watchdesk.config.secrets import hide_secrets
from watchdesk.model.sources import ADDRESS_ADVICE
from watchdesk.transport.connections import SpeaksHttp2

HTTP2_ALONE = "the server speaks HTTP/2 alone, and watchdesk speaks HTTP/1.1"
CLIENT_CERTIFICATE = "the server asks for a client certificate, and watchdesk has none to show"

_LONGEST = 200
_KNOWN: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (ssl.SSLError, "an encrypted connection could not be set up: {innermost}"),
    (socket.gaierror, f"no server of this name was found: {{innermost}}{ADDRESS_ADVICE}"),
    ((TimeoutError, ConnectionTimeout), "the server did not answer within {timeout:.3g} s"),
    (ConnectionRefusedError, "the server refuses connections; check the address and its port"),
    (RemoteDisconnected, "the server hung up without an answer"),
    (DecodeError, "its compressed body is damaged"),
    (SpeaksHttp2, HTTP2_ALONE),
    (IncompleteRead, "the connection broke off in the middle of the answer"),
    (ConnectionError, "the connection broke off"),
    ((HTTPException, ProtocolError), "the server's answer is not HTTP: {innermost}"),
    (OSError, "the server could not be reached: {innermost}"),
    ((LocationParseError, LocationValueError, ValueError), "it cannot be asked for: {innermost}"),
)
"""The first that fits counts, so the more specific come first."""
_OF_THE_PROXY: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (ssl.SSLError, "an encrypted connection to it could not be set up: {innermost}"),
    (socket.gaierror, "no server of its name was found: {innermost}"),
    ((TimeoutError, ConnectionTimeout), "it did not answer within {timeout:.3g} s"),
    (ConnectionRefusedError, "it refuses connections"),
    ((RemoteDisconnected, ConnectionError), "it hung up"),
    ((HTTPException, ProtocolError), "what it says is not HTTP: {innermost}"),
)
_REFUSED_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")
_TUNNELS = {
    403: "it does not allow this host",
    407: "it asks for a login; write it in the proxy's address, as http://USER:PASSWORD@HOST:PORT",
    502: "it cannot reach the host",
    503: "it cannot reach the host",
    504: "the host did not answer it in time",
}
_ABOUT_OUR_CERTIFICATE = re.compile(
    r"ALERT_(CERTIFICATE_REQUIRED|NO_CERTIFICATE|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_UNKNOWN"
    r"|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|UNKNOWN_CA|ACCESS_DENIED)"
)
_CERTIFICATE_ITSELF = (9, 10, 23, 62, 63, 64)
"""OpenSSL's X509_V_ERR_*: not valid yet, expired, revoked, or for another name."""
_SCHEME = re.compile(r"(?:^|,)\s*([a-z][a-z0-9_.-]*)(?=\s+[^\s=,]|\s*(?:,|$))", re.IGNORECASE)
"""The beginning of a challenge (RFC 9110 §11.6.1), and not a parameter of the one before it."""
_SCHEMES: Mapping[str, str] = {
    "digest": "digest authentication",
    "ntlm": "NTLM",
    "negotiate": "Negotiate (Kerberos)",
    "bearer": "a bearer token",
}


def reason_of(
    error: BaseException,
    timeout: float,
    route: Route = Direct(),
    authorities: Authorities = Authorities(),
) -> str:
    """One sentence without secrets; `timeout` is the one in force, in seconds."""
    causes = tuple(_causes(error))
    if isinstance(route, Proxy):
        if any(isinstance(cause, ProxyError) for cause in causes):
            return f"{route} could not be used: {_proxy_reason(causes, timeout, authorities)}"
        return f"{_reason(causes, timeout, authorities)}; asked through {route}"
    never_connected = any(isinstance(one, NewConnectionError | ConnectTimeoutError) for one in causes)
    unused = f"; {route.unused}" if route.unused and (never_connected or is_unknown_name(error)) else ""
    return f"{_reason(causes, timeout, authorities)}{unused}"


def is_unknown_name(error: BaseException) -> bool:
    """Whether the host's name was not found; a proxy's name does not count."""
    causes = tuple(_causes(error))
    of_proxy = any(isinstance(cause, ProxyError) for cause in causes)
    return not of_proxy and any(isinstance(cause, socket.gaierror) for cause in causes)


def is_unreached(error: BaseException) -> bool:
    """Whether the network or the encryption failed, so that nothing is known of what the server answers."""
    return any(
        isinstance(cause, OSError | ConnectionTimeout | NewConnectionError | ProxyError)
        for cause in _causes(error)
        if type(cause).__module__.partition(".")[0] != "requests"  # all of its own are OSErrors
    )


def distrust_of(error: ssl.SSLCertVerificationError, authorities: Authorities) -> str:
    """Why a certificate is not trusted, and which authorities are."""
    said = _said(error)
    if error.verify_code in _CERTIFICATE_ITSELF:
        return said
    return (
        f"{said}; believed are {authorities}. If an authority of your own vouches for it, name its file as "
        "polling.ca in watchdesk.yaml"
    )


def unknown_login(challenge: str) -> str | None:
    """The login that WWW-Authenticate or Proxy-Authenticate wants; None if basic authentication will do."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", challenge)
    asked = list(dict.fromkeys(found.lower() for found in _SCHEME.findall(bare)))
    if not asked or "basic" in asked:
        return None
    return hide_secrets(" or ".join(_SCHEMES.get(scheme, scheme) for scheme in asked))[:_LONGEST]


def _reason(causes: tuple[BaseException, ...], timeout: float, authorities: Authorities) -> str:
    tls = _tls_reason(causes, authorities)
    return tls or _by(_KNOWN, causes, timeout) or f"it cannot be asked for: {_said(causes[-1])}"


def _proxy_reason(causes: tuple[BaseException, ...], timeout: float, authorities: Authorities) -> str:
    if tls := _tls_reason(causes, authorities):
        return tls
    if found := next((found for cause in causes if (found := _REFUSED_TUNNEL.search(str(cause)))), None):
        status = int(found[1])
        return f"{_TUNNELS.get(status, 'it opens no way to the host')} (HTTP {status})"
    return _by(_OF_THE_PROXY, causes, timeout) or _said(causes[-1])


def _by(
    known: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...],
    causes: tuple[BaseException, ...],
    timeout: float,
) -> str | None:
    for kinds, sentence in known:
        # All of requests' own errors are OSErrors: only the errors inside them count.
        if any(isinstance(cause, kinds) for cause in causes if not _is_wrapping(cause)):
            return sentence.format(innermost=_said(causes[-1]), timeout=timeout)
    return None


def _tls_reason(causes: tuple[BaseException, ...], authorities: Authorities) -> str | None:
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not valid: {distrust_of(cause, authorities)}"
        if isinstance(cause, ssl.SSLError):
            # Python names some reasons, and gives OpenSSL's words for the others.
            alert = (cause.reason or str(cause)).upper().replace(" ", "_")
            if _ABOUT_OUR_CERTIFICATE.search(alert):
                return CLIENT_CERTIFICATE
            if "ALERT_NO_APPLICATION_PROTOCOL" in alert:
                return HTTP2_ALONE
            if "ALERT_HANDSHAKE_FAILURE" in alert:
                return (
                    "the server refused to set up an encrypted connection: it asks for a client certificate, "
                    "or knows outdated encryption alone"
                )
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or _wrapped(cause) or cause.__context__


def _wrapped(error: BaseException) -> BaseException | None:
    """The error inside an error of urllib3 or requests, which they do not declare as its cause."""
    inside = (getattr(error, "original_error", None), getattr(error, "reason", None), *error.args)
    return next((one for one in inside if isinstance(one, BaseException)), None)


def _is_wrapping(error: BaseException) -> bool:
    # urllib3 makes every failed connection a kind of timeout; the error inside says what happened.
    never_connected = isinstance(error, NewConnectionError) and error.__cause__ is not None
    return never_connected or type(error).__module__.startswith("requests.")


def _said(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        text = error.verify_message
    elif isinstance(error, OSError) and error.strerror:
        text = error.strerror
    else:
        text = str(error) or type(error).__name__
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    return hide_secrets(printable)[:_LONGEST]
