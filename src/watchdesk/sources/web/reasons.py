"""Why the network failed, as a sentence for the person who follows the feed. Pure.

Libraries wrap errors several times over; what happened stands in the innermost ones.
"""

import socket
import ssl
from collections.abc import Iterator
from http.client import HTTPException, IncompleteRead, RemoteDisconnected

from urllib3.exceptions import (
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

from watchdesk.config.secrets import hide_secrets

_LONGEST = 200
_KNOWN: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (ProxyError, "the proxy could not be used: {innermost}"),
    (ssl.SSLCertVerificationError, "its certificate is not valid: {innermost}"),
    (ssl.SSLError, "an encrypted connection could not be set up: {innermost}"),
    (socket.gaierror, "no server of this name was found: {innermost}; check the address"),
    ((TimeoutError, ConnectionTimeout), "the server did not answer within {timeout:g} s"),
    (ConnectionRefusedError, "the server refuses connections; check the address and its port"),
    (RemoteDisconnected, "the server hung up without an answer"),
    (DecodeError, "its compressed body is damaged"),
    (IncompleteRead, "the connection broke off in the middle of the answer"),
    (ConnectionError, "the connection broke off"),
    ((HTTPException, ProtocolError), "the server's answer is not HTTP: {innermost}"),
    (OSError, "the server could not be reached: {innermost}"),
    ((LocationParseError, LocationValueError, ValueError), "it cannot be asked for: {innermost}"),
)
"""First come first: what is more telling stands before what is wider."""


def reason_of(error: BaseException, timeout: float) -> str:
    """One sentence, without secrets; `timeout` is the one that was set, in seconds."""
    causes = tuple(_causes(error))
    innermost = _said(causes[-1])
    for kinds, sentence in _KNOWN:
        # requests' own errors are OSErrors, all of them: only what they wrap tells anything.
        if any(isinstance(cause, kinds) for cause in causes if not _is_wrapping(cause)):
            return sentence.format(innermost=innermost, timeout=timeout)
    return f"it cannot be asked for: {innermost}"


def is_unknown_name(error: BaseException) -> bool:
    """Whether no server of this name was found."""
    return any(isinstance(cause, socket.gaierror) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _is_wrapping(error: BaseException) -> bool:
    # urllib3 makes every connection that fails a kind of timeout; what happened stands within.
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
