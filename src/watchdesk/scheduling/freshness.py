"""What publishers ask for: how long a response stays fresh, and when nothing is published. Pure.

These are lower bounds of a wait, obeyed up to `slowest`, so that no publisher's mistake silences a source for
good.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from watchdesk.model import UpdateHints
from watchdesk.scheduling.clocks import HOUR
from watchdesk.transport.retry_after import http_date

_NONE = timedelta(0)
_LONGEST = 2**31
"""Seconds that count as for ever (RFC 9111 §1.2.2)."""

_DIRECTIVE = re.compile(r'([\w!#$%&\'*+.^`|~-]+)(?:\s*=\s*(?:"([^"]*)"|([^,\s]*)))?')


def fresh_for(headers: Mapping[str, str], now: datetime) -> timedelta:
    """How much longer the response declares itself fresh (RFC 9111 §4.2); header names in lower case.

    `max-age` (§5.2.2.1) less `Age` (§5.1), else `Expires` (§5.3) less `Date`. `s-maxage` is for shared
    caches, which we are not. Zero for `no-cache`, `no-store`, and what cannot be read.
    """
    control = _directives(headers.get("cache-control", ""))
    if "no-cache" in control or "no-store" in control:
        return _NONE
    stated = control.get("max-age")
    lifetime = _until_expiry(headers, now) if stated is None else _seconds(stated)
    longest = timedelta(seconds=_LONGEST)
    return min(max(lifetime - _seconds(headers.get("age", "")), _NONE), longest)


def past_quiet(moment: datetime, hints: UpdateHints, latest: datetime) -> datetime:
    """The moment, or the end of the skipped hours and days that it falls in (RSS 0.91), at most `latest`.

    Hints that leave no hour of the week are a mistake and ignored.
    """
    skipped = hints.skip_hours, hints.skip_days
    if not any(skipped) or len(hints.skip_hours) >= 24 or len(hints.skip_days) >= 7:
        return moment
    later = moment.astimezone(UTC)
    while later < latest and (later.hour in hints.skip_hours or later.weekday() in hints.skip_days):
        later = later.replace(minute=0, second=0, microsecond=0) + HOUR
    return min(later, max(latest, moment))


def _directives(value: str) -> Mapping[str, str]:
    """Cache-Control's directives by name; of repeated ones the first counts (RFC 9111 §4.2.1)."""
    found: dict[str, str] = {}
    for name, quoted, plain in _DIRECTIVE.findall(value):
        found.setdefault(name.lower(), quoted or plain)
    return found


def _seconds(written: str) -> timedelta:
    """Delta-seconds (RFC 9111 §1.2.2); anything else counts as zero."""
    digits = written.strip()
    if not digits.isascii() or not digits.isdigit():
        return _NONE
    return timedelta(seconds=_LONGEST if len(digits) > 10 else min(int(digits), _LONGEST))


def _until_expiry(headers: Mapping[str, str], now: datetime) -> timedelta:
    expires, date = http_date(headers.get("expires", "")), http_date(headers.get("date", ""))
    return expires - (date or now) if expires else _NONE
