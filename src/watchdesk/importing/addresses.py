"""Addresses and headers of other programs' files: which can be used, and what in them is secret. Pure."""

import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit, urlunsplit

from watchdesk.config.secret_names import names_secret
from watchdesk.config.values import parse_web_address, without_feed_scheme
from watchdesk.importing.found import Left, Login

_FEED = re.compile(
    r"(?:\.(?:rss|atom|rdf|xml)|/(?:feeds?|rss|atom)(?:\.\w+)?)/?$|[?&](?:feed|format)=(?:rss|atom)", re.I
)
_OWN_HEADERS = frozenset(("user-agent", "accept", "accept-encoding", "if-none-match", "if-modified-since"))
"""Headers that watchdesk sends of its own."""


def web_address(text: str) -> tuple[str, Login | None] | None:
    """The address without its login, and the login; None for what is no web address. feed: is http.

    Scheme and host are in lower case, so that one feed written in two ways is one source (RFC 3986, 6.2.2.1).
    """
    try:
        url = parse_web_address(without_feed_scheme(text.strip()))
        parts = urlsplit(url)
        user, password = parts.username, parts.password
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2].lower()
    if url.startswith(f"{parts.scheme}://{host}"):
        return url, None
    bare = urlunsplit(parts._replace(netloc=host))
    return bare, Login(unquote(user), unquote(password or "")) if user else None


def is_feed_like(url: str) -> bool:
    """Whether an address looks like that of a feed."""
    parts = urlsplit(url)
    return bool(_FEED.search(parts.path) or _FEED.search(f"?{parts.query}"))


def headers_of(given: object, place: str, left: list[Left]) -> dict[str, str]:
    """Headers that may stand in a file; what others may not read, or watchdesk sends itself, is left out."""
    kept: dict[str, str] = {}
    for name, value in given.items() if isinstance(given, Mapping) else ():
        if not isinstance(name, str) or not isinstance(value, str | int) or not str(value).strip():
            continue
        if names_secret(name):
            why = "it may hold a secret, which must not stand in the file: use auth: with {file: PATH}"
            left.append(Left(place, f"header {name}", why))
        elif name.lower() in _OWN_HEADERS:
            left.append(Left(place, f"header {name}", "watchdesk sends its own"))
        else:
            kept[name] = str(value).strip()
    return kept
