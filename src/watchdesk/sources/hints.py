"""How often a publisher says its feed changes: `ttl`, `skipHours`, `skipDays`, `sy:updatePeriod`, read."""

from collections.abc import Sequence
from datetime import timedelta

from watchdesk.model import UpdateHints

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONGEST = timedelta(days=365)


def hints_of(
    ttl: str | None,
    period: str | None,
    frequency: str | None,
    skip_hours: Sequence[str],
    skip_days: Sequence[str],
) -> UpdateHints:
    """The hints in a document's own words; what cannot be read counts as not said.

    `ttl` is in minutes (RSS 2.0). `period` is one of the syndication module's names, `frequency` how often
    within it. Hours are 0 to 23 in UTC, where RSS 0.91 also writes 24 for 0.
    """
    spans = [span for span in (_ttl(ttl), _update_period(period, frequency)) if span]
    hours = frozenset(int(hour) % 24 for hour in map(str.strip, skip_hours) if _is_number(hour, 24))
    days = (day.strip().lower() for day in skip_days)
    return UpdateHints(
        ttl=max(spans, default=None),
        skip_hours=hours,
        skip_days=frozenset(_DAYS.index(day) for day in days if day in _DAYS),
    )


def _ttl(minutes: str | None) -> timedelta | None:
    written = (minutes or "").strip()
    return min(timedelta(minutes=int(written)), _LONGEST) if _is_number(written, 10**6) else None


def _update_period(period: str | None, frequency: str | None) -> timedelta | None:
    span = _PERIODS.get((period or "").strip().lower())
    times = (frequency or "1").strip()
    return span / max(int(times), 1) if span and _is_number(times, 10**6) else None


def _is_number(text: str, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(most)) and int(text) <= most
