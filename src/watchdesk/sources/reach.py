"""Whether an address may be polled at all, told before it is a source."""

import socket
from urllib.parse import urlsplit

from watchdesk.config.settings import PollingSettings
from watchdesk.sources.web.guard import ForbiddenAddress, Guard


def refusal(url: str, polling: PollingSettings) -> str | None:
    """Why the settings forbid polling it, in one sentence with what to do; None where they do not.

    The host's name is looked up; one that cannot be found is refused by nothing.
    """
    host = urlsplit(url).hostname or ""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return None
    addresses = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
    try:
        Guard.of(polling.private_addresses).permitted(host, addresses)
    except ForbiddenAddress as forbidden:
        return str(forbidden)
    return None
