"""What publishers ask for: how long an answer stays fresh, and when nothing is published. Pure.

These are lower bounds of a wait, obeyed up to `slowest`, so that no slip of a publisher's silences a
source for good.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from watchdesk.model import UpdateHints
from watchdesk.scheduling.clocks import HOUR
from watchdesk.transport.retry_after import http_date

_NONE = timedelta(0)
_LONGEST = 2**31
"""Seconds that are as good as for ever (RFC 9111 §1.2.2)."""

_DIRECTIVE = re.compile(r'([\w!#$%&\'*+.^`|~-]+)(?:\s*=\s*(?:"([^"]*)"|([^,\s]*)))?')


def fresh_for(headers: Mapping[str, str], now: datetime) -> timedelta:
    """How much longer the answer says of itself that it is fresh (RFC 9111 §4.2); names in lower case.

    `max-age` (§5.2.2.1) less `Age` (§5.1), else `Expires` (§5.3) less `Date`. `s-maxage` is for caches
    that many share, and we are not one. No time at all: `no-cache`, `no-store`, and what cannot be read.
    """
    control = _directives(headers.get("cache-control", ""))
    if "no-cache" in control or "no-store" in control:
        return _NONE
    stated = control.get("max-age")
    lifetime = _until_expiry(headers, now) if stated is None else _seconds(stated)
    longest = timedelta(seconds=_LONGEST)
    return min(max(lifetime - _seconds(headers.get("age", "")), _NONE), longest)


def past_quiet(moment: datetime, hints: UpdateHints, latest: datetime) -> datetime:
    """The moment, or the end of the hours and days in which nothing is published (RSS 0.91), to `latest`.

    Hints that leave no hour of the week are a mistake, and ignored.
    """
    skipped = hints.skip_hours, hints.skip_days
    if not any(skipped) or len(hints.skip_hours) >= 24 or len(hints.skip_days) >= 7:
        return moment
    later = moment.astimezone(UTC)
    while later < latest and (later.hour in hints.skip_hours or later.weekday() in hints.skip_days):
        later = later.replace(minute=0, second=0, microsecond=0) + HOUR
    return min(later, max(latest, moment))


def _directives(value: str) -> Mapping[str, str]:
    """Cache-Control's directives by name; the first counts of those that come twice (RFC 9111 §4.2.1)."""
    found: dict[str, str] = {}
    for name, quoted, plain in _DIRECTIVE.findall(value):
        found.setdefault(name.lower(), quoted or plain)
    return found


def _seconds(written: str) -> timedelta:
    """Delta-seconds (RFC 9111 §1.2.2); what is none counts as none."""
    digits = written.strip()
    if not digits.isascii() or not digits.isdigit():
        return _NONE
    return timedelta(seconds=_LONGEST if len(digits) > 10 else min(int(digits), _LONGEST))


def _until_expiry(headers: Mapping[str, str], now: datetime) -> timedelta:
    expires, date = http_date(headers.get("expires", "")), http_date(headers.get("date", ""))
    return expires - (date or now) if expires else _NONE
