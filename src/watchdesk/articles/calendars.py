"""Years and days of the calendars that newspapers print: Gregorian, Iranian, Buddhist, of Japan and Taiwan.

Islamic and Nepalese dates need tables of sightings, and are not read.
"""

from datetime import date, timedelta

_ERAS = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}
"""Name of an era → the year before its first."""
_IRANIAN = range(1300, 1500)
_NEW_YEAR_1405 = date(2026, 3, 21)
_BUDDHIST = range(2450, 2700)
_AHEAD = 543
"""Years by which the Buddhist calendar of Thailand is ahead."""


def full_year(written: str, era: str | None = None) -> int | None:
    """The year as a number, of its own calendar; None if it is none. 26 is 2026, 95 is 1995."""
    if era is not None:
        return _ERAS[era] + (1 if written == "元" else int(written))
    if not written.isdigit():
        return None
    year = int(written)
    if len(written) == 2:
        return year + (2000 if year < 70 else 1900)
    return year + _ERAS["民國"] if len(written) == 3 else year


def day_of(year: int, month: int, day: int) -> date | None:
    """The day in our calendar; None if there is no such day."""
    if year in _BUDDHIST:
        year -= _AHEAD
    try:
        return _iranian(year, month, day) if year in _IRANIAN else date(year, month, day)
    except (ValueError, OverflowError):
        return None


def _iranian(year: int, month: int, day: int) -> date:
    """Raises `ValueError` if there is no such day."""
    longest = 31 if month <= 6 else 30
    if not (1 <= month <= 12 and 1 <= day <= longest):
        raise ValueError(month, day)
    months = 31 * min(month - 1, 6) + 30 * max(month - 7, 0)
    return _NEW_YEAR_1405 + timedelta(days=_new_year(year) - _new_year(1405) + months + day - 1)


def _new_year(year: int) -> int:
    """Days until it, of years with the leap days of a cycle of 33 years, which holds until 1502."""
    return 365 * (year - 1) + (8 * (year - 1) + 29) // 33
