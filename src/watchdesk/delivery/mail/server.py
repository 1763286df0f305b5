"""Where mail is handed over: an SMTP or LMTP server, or the sendmail program."""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, WithJsonSchema

_FORMS = "smtp://HOST[:PORT], smtps://HOST[:PORT], lmtp://HOST:PORT, lmtp:/PATH, sendmail or sendmail:/PATH"


class Protocol(StrEnum):
    """How the server is spoken to."""

    SMTP = "smtp"
    SMTPS = "smtps"
    LMTP = "lmtp"
    SENDMAIL = "sendmail"


class Tls(StrEnum):
    """Whether mail may go to an smtp:// server in the clear."""

    REQUIRED = "required"
    WHEN_OFFERED = "when-offered"
    NEVER = "never"


_DEFAULT_PORTS = {Protocol.SMTP: 25, Protocol.SMTPS: 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server by host and port, or a socket or program by its path."""

    protocol: Protocol
    host: str = ""
    port: int = 0
    path: str = ""

    def __str__(self) -> str:
        where = self.path or f"{self.host}:{self.port}"
        return "sendmail" if self.protocol is Protocol.SENDMAIL and not self.path else where

    @property
    def is_local(self) -> bool:
        """Whether nothing on the way there leaves this machine."""
        if not self.host or self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def parse_server(text: str) -> MailServer:
    """Reads an address of a mail server. Raises `ValueError` with what is wrong and the forms there are."""
    scheme, colon, rest = text.partition(":")
    if scheme not in list(Protocol):
        raise ValueError(f"{text!r} is not a mail server; the forms are {_FORMS}")
    protocol = Protocol(scheme)
    if not colon and protocol is Protocol.SENDMAIL:
        return MailServer(protocol)
    if rest.startswith("/") and not rest.startswith("//") and protocol in (Protocol.LMTP, Protocol.SENDMAIL):
        return MailServer(protocol, path=rest)
    return _with_host(text, protocol)


def _with_host(text: str, protocol: Protocol) -> MailServer:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port or _DEFAULT_PORTS.get(protocol)
    except ValueError:
        raise ValueError(f"{text!r} holds no usable host and port; the forms are {_FORMS}") from None
    if parts.username or parts.password:
        # The text may hold a password: it is not repeated.
        raise ValueError("user and password do not belong in `server`; give them as `user` and `password`")
    if not host or not port or protocol is Protocol.SENDMAIL or parts.path not in ("", "/") or parts.query:
        raise ValueError(f"{text!r} is not a mail server; the forms are {_FORMS}")
    return MailServer(protocol, host, port)


def _read(value: object) -> MailServer:
    if isinstance(value, MailServer):
        return value
    if not isinstance(value, str):
        raise ValueError(f"a mail server is one of {_FORMS}")
    return parse_server(value)


ServerOption = Annotated[MailServer, BeforeValidator(_read), WithJsonSchema({"type": "string"})]
