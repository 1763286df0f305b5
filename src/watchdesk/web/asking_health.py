"""Asks a page that is served on this machine for its health, as what starts the service again does."""

import http.client
from urllib.parse import urlsplit

_PATIENCE = 8.0
"""Seconds for the page to answer."""
_ALL = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing listens here
"""What listens everywhere is asked here."""


def why_not(page: str) -> str | None:
    """Why it is not healthy; None: it is. It knows of what cannot be written to a full disk, too."""
    address = urlsplit(page)
    host = address.hostname or ""
    line = http.client.HTTPConnection(_ALL.get(host, host), address.port, timeout=_PATIENCE)
    try:
        line.request("GET", "/healthz")
        answer = line.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{page}healthz does not answer: {str(error) or type(error).__name__}"
    finally:
        line.close()
    return None if answer == http.client.OK else f"{page}healthz answers {answer}"
