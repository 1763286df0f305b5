"""Web addresses as the fetcher needs them: origin, host, login, and where a redirect leads. Pure.

For addresses of articles, and keys to compare them by, see `articles.addresses`.
"""

import re
from functools import lru_cache
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit, urlunsplit

from watchdesk.model import Source

Login = tuple[str, str]
"""User and password."""
Origin = tuple[str, str | None, int | None]
"""Scheme, host and port."""

LONGEST = 8000
"""Characters of an address that every server should accept (RFC 9110 §4.1); few accept more."""
_PORTS = {"http": 80, "https": 443}
_PLAIN_HOST = re.compile(r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)*)(?:[/?#]|\Z)")
"""What needs no second look: no login, no port, nothing that is not ASCII or in lower case."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def is_web_address(url: str) -> bool:
    """Whether it can be requested: http or https, a host, a valid port, a bounded length.

    An IPv6 zone is refused: it belongs to one machine and not to web addresses (RFC 9844). So is a backslash
    in the host, which some programs read as its end and others as part of it.
    """
    if len(url) > LONGEST:
        return False
    try:
        parts = urlsplit(url)
        host, port = parts.netloc.rpartition("@")[2], parts.port
    except ValueError:
        return False
    return parts.scheme in _PORTS and bool(parts.hostname) and not {"%", "\\"} & set(host) and port != 0


@lru_cache(maxsize=1024)  # asked again and again of what is polled now
def host_of(url: str) -> str:
    """The host by which requests are limited: its name, and its port if unusual. Empty: not an address.

    Not the origin (RFC 6454): http and https of one name are one machine, and Retry-After counts for both.
    Another port is usually another service.
    """
    plain = _PLAIN_HOST.match(url)
    return plain[1] if plain else host_by_parts(url)


def host_by_parts(url: str) -> str:
    """As `host_of`, of any address, and slower."""
    try:
        parts = urlsplit(url)
        name, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if not name.isascii():
        try:
            name = name.encode("idna").decode()
        except UnicodeError:
            return name
    return name if port in (None, _PORTS.get(parts.scheme)) else f"{name}:{port}"


def without_login(url: str) -> str:
    """The address as it may be stored and shown. Raises `ValueError` if it is not an address."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def login_of(source: Source) -> Login | None:
    """The source's `auth`, else the login in its address."""
    if source.user:
        return source.user, source.password or ""
    if "@" not in source.url:
        return None
    parts = urlsplit(source.url)
    return (unquote(parts.username), unquote(parts.password or "")) if parts.username else None


def may_know_secrets(source: Source, url: str) -> bool:
    """Whether the source's login and headers may be sent to `url`: to its own origin only (RFC 6454).

    A move of the same host from http to https, both on their usual ports, counts as its own origin.
    """
    if url == source.url:
        return True
    own, other = origin_of(source.url), origin_of(url)
    upgraded = own[:1] == ("http",) and own[2] == 80 and other == ("https", own[1], 443)
    return own == other or upgraded


def redirect_target(url: str, location: str) -> str:
    """Where a Location header leads (RFC 9110 §10.2.2). Raises `ValueError` if it leads nowhere."""
    # Servers send UTF-8 where the protocol allows only ASCII; http.client reads bytes as Latin-1.
    written = location.encode("latin-1", errors="replace").decode("utf-8", errors="replace")
    target = without_login(urldefrag(urljoin(url, written.strip())).url)
    return _CONTROL.sub(lambda found: quote(found[0]), target)


def origin_of(url: str) -> Origin:
    """Scheme, host and port (RFC 6454 §4). Raises `ValueError` if it is not an address."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
