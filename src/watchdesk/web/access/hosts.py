"""Which names the page answers to. A page of another site that has its name lead here is turned away.

That is DNS rebinding: the browser takes the site's name for the page's origin. An IP address cannot be made
to lead elsewhere.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from watchdesk.config.web import WebSettings

_NO_HOST = frozenset("@/?#\\")
"""What no Host header has: with it, what follows or stands before would be taken for the host."""


def host_of(header: str) -> str:
    """The host of a Host header without its port, in lower case; empty where it is no host."""
    if not _NO_HOST.isdisjoint(header):
        return ""
    try:
        return (urlsplit(f"//{header}").hostname or "").removesuffix(".")
    except ValueError:
        return ""


def is_ours(header: str, web: WebSettings) -> bool:
    """Whether the page may answer to this Host header, whatever its port is: ports may be forwarded."""
    host = host_of(header)
    names = {"localhost"}
    if web.public:
        names.add(urlsplit(web.public).hostname or "")
    listens_on = web.address[0].lower() if web.address else ""
    names.add(listens_on)
    if host in names:
        return bool(host)
    try:
        asked = ip_address(host)
    except ValueError:
        return False
    try:
        listening = ip_address(listens_on)
    except ValueError:
        return asked.is_loopback
    return asked.is_loopback or listening.is_unspecified


def is_literal(header: str) -> bool:
    """Whether it is an IP address or localhost: enough for the health of the service."""
    host = host_of(header)
    try:
        ip_address(host)
    except ValueError:
        return host == "localhost"
    return True
