"""Whether the settings allow polling an address, checked before it becomes a source.

`web.guard` decides what is permitted, `config.network` which proxy is used.
"""

import socket
from urllib.parse import urlsplit

from watchdesk.config.network import Proxies, Proxy
from watchdesk.config.settings import PollingSettings
from watchdesk.sources.web.guard import ForbiddenAddress, Guard


def refusal(url: str, polling: PollingSettings, proxies: Proxies) -> str | None:
    """Why the settings forbid polling it, in one sentence that says what to do; None if they allow it.

    The host's name is looked up, unless a proxy will do that. A name that is not found is not refused.
    """
    parts = urlsplit(url)
    host, guard = (parts.hostname or "").rstrip("."), Guard.of(polling.private_addresses)
    route = proxies.route(parts.scheme, host, parts.port)
    try:
        if isinstance(route, Proxy) and route.judges_names:
            guard.judge_written(host)
        else:
            guard.permitted(host, _addresses(host))
    except ForbiddenAddress as forbidden:
        return str(forbidden)
    return None


def _addresses(host: str) -> list[str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
