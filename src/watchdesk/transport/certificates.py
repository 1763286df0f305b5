"""When the certificate of a connection ends."""

import ssl
from datetime import UTC, datetime
from typing import Any


def end_of_certificate(connection: Any) -> datetime | None:
    """Of a socket, or of what stands for one; None without TLS, or where nobody checks the certificate."""
    asked = getattr(connection, "getpeercert", None)
    found = asked() if asked else None
    if not found or "notAfter" not in found:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(found["notAfter"]), UTC)
