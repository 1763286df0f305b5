"""How long a server asks to be left alone (Retry-After). Pure; `scheduling` obeys it."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_LONGEST_SECONDS = 10**8


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Retry-After as a wait from `now`: seconds or an HTTP-date (RFC 9110 §10.2.3); None if unreadable."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:10]), _LONGEST_SECONDS))
    moment = http_date(text)
    return None if moment is None else max(moment - now, timedelta(0))


def http_date(value: str) -> datetime | None:
    """An HTTP-date (RFC 9110 §5.6.7); None if unreadable."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
