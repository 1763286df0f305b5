"""Addresses of articles: the one to open, and the keys by which two are compared.

Built on urllib.parse: no library knows trackers and unwraps redirect pages without breaking addresses. The
trackers themselves are data in `trackers`.
"""

import hashlib
import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from watchdesk.articles.sessions import is_session, without_sessions_in_path
from watchdesk.articles.trackers import AMP, EXACT, FRAGMENTS, PREFIXES, ROUTES
from watchdesk.articles.wrappers import inner_address

_LONGEST = 4000
_LONGEST_KEY = 2000
"""Bytes."""
_KEPT_OF_KEY = 400
_UNWRAPPINGS = 3
_PORTS = {"http": 80, "https": 443}
_UNSAFE = re.compile(r"[\x00-\x20\x7f\ud800-\udfff]")
_SPARE_LABEL = re.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
_AMP_PATH = re.compile(r"(?:/amp(?:/index\.html?)?|\.amp(?=\.html$|$))/*$|(?<=\.)amp\.(?=html$)")
_AMP_START = re.compile(r"^/amp(?=/.)")
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$")
_SECOND_LEVEL = frozenset(
    ("ac", "co", "com", "edu", "gov", "gob", "net", "ne", "or", "org", "in", "gv", "mil")
)


@lru_cache(2048)  # asked of each entry when it is recognised, and again when it becomes an article
def clean_url(url: str | None, base: str | None = None) -> str | None:
    """The address to open: absolute, unwrapped, without trackers; None if it is not a web address.

    Its fragment stays: it may lead to one notice on a page of many.
    """
    parts = _absolute(url, base)
    for _ in range(_UNWRAPPINGS):
        inner = _absolute(inner_address(parts)) if parts else None
        if inner is None:
            break
        parts = inner
    if parts is None:
        return None
    path = without_sessions_in_path(parts.path) or "/"
    query, fragment = _without_trackers(parts.query), _own_fragment(parts.fragment)
    if not fragment:  # what is now the end of the address may have stood before a fragment, with spaces
        query = query.rstrip()
        path = path if query else path.rstrip()
    return urlunsplit((parts.scheme, parts.netloc, path, query, fragment))


def url_key(url: str) -> str:
    """The key to compare addresses between sources: as `entry_key`, without the fragment."""
    key = _key(url)
    base, _, fragment = key.partition("#")
    return _short(key if fragment.startswith(ROUTES) else base)


def entry_key(url: str) -> str:
    """The key to compare addresses within one source.

    It has no scheme, no www, m or amp, no trackers, and sorted parameters. It keeps the fragment, which may
    be all that distinguishes a source's entries.
    """
    return _short(_key(url))


@lru_cache(maxsize=1024)  # called several times for each entry
def _key(url: str) -> str:
    cleaned = clean_url(url)
    if cleaned is None:
        return url.strip()
    parts = urlsplit(cleaned)
    host = _SPARE_LABEL.sub("", parts.hostname or "")
    port = f":{parts.port}" if parts.port else ""
    path = _INDEX.sub("/", _AMP_START.sub("", _AMP_PATH.sub("", parts.path))).rstrip("/")
    pairs = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if value.lower() not in AMP.get(name.lower(), ())
    )
    query = f"?{urlencode(pairs)}" if pairs else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"{host}{port}{path}{query}{fragment}"


def _short(key: str) -> str:
    """A key that fits into a PostgreSQL index (2,704 bytes): a longer one is cut, and a hash added."""
    written = key.encode(errors="replace")
    if len(written) <= _LONGEST_KEY:
        return key
    return f"{key[:_KEPT_OF_KEY]}…{hashlib.sha256(written).hexdigest()}"


def is_home(url: str) -> bool:
    """Whether the address is a site's home page."""
    return is_home_key(url_key(url))


def is_home_key(key: str) -> bool:
    """As `is_home`, for a key."""
    return not key.partition("/")[2] and "?" not in key and "#" not in key


def same_site(one: str, other: str) -> bool:
    """Whether both addresses are in the same registrable domain."""
    return _site(one) == _site(other)


def site_of(url: str) -> str:
    """The registrable domain of an address: `example.co.uk`; the whole host if it is an IP address."""
    return _site(url)


def site_label(url: str) -> str:
    """The name in an address: `example` for `www.example.co.uk`."""
    return _site(url).partition(".")[0]


def _site(url: str) -> str:
    host = (urlsplit(url).hostname or "").rstrip(".")
    labels = host.split(".")
    if ":" in host or labels[-1].isdigit():  # an address of IPv6 or IPv4
        return host
    if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL:
        return ".".join(labels[-3:])
    return ".".join(labels[-2:])


def _absolute(url: str | None, base: str | None = None) -> SplitResult | None:
    """The parts of a web address, host in lower case and without a default port."""
    text = (url or "").strip()
    if not text or len(text) > _LONGEST:
        return None
    try:
        parts = urlsplit(urljoin(base or "", text))
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host or _UNSAFE.search(host):
        return None
    host = f"[{host}]" if ":" in host else host
    netloc = host if port in (None, _PORTS[parts.scheme]) else f"{host}:{port}"
    return SplitResult(
        parts.scheme, netloc, _quoted(parts.path), _quoted(parts.query), _quoted(parts.fragment)
    )


def _quoted(text: str) -> str:
    """Escapes only characters that an address may not hold: letters of other alphabets stay readable."""
    return _UNSAFE.sub(lambda found: quote(found[0], errors="replace"), text)


def _without_trackers(query: str) -> str:
    """The query as written, without trackers."""
    query = without_sessions_in_path(query)
    return "&".join(part for part in query.split("&") if part.strip() and not _is_tracker(part))


def _own_fragment(fragment: str) -> str:
    """The fragment without trackers, names of page furniture, and text to highlight."""
    own = fragment.partition(":~:")[0]
    if own.startswith(ROUTES):
        return "" if own in ROUTES else own
    if own.lower() in FRAGMENTS:
        return ""
    return _without_trackers(own).lstrip("?&").rstrip() if "=" in own else own


def _is_tracker(part: str) -> bool:
    name, _, value = part.partition("=")
    name = name.lower()
    return name in EXACT or name.startswith(PREFIXES) or is_session(name, value)
