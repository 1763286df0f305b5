"""The forms in which publications write dates: ISO 8601, RFC 5322, header stamps, national forms.

Gives a day, a time of day and a zone's name as written. `dates` turns them into an instant.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from watchdesk.articles.date_words import MONTHS, word_key
from watchdesk.articles.printed_dates import printed_date
from watchdesk.articles.zones import iana_name

_MONTH = r"(?P<month>[^\W\d_]{3,12})\.?"
_CLOCK = (
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?(?:\s*(?P<half>[ap])\.?m\.?)?"
)
_ZONE = (
    r"(?:\s*\(?(?P<zone>[A-Za-z]{1,5}(?:[+-]\d{1,2}(?::?\d{2})?)?|[+-]\d{1,2}:?\d{2}|[+-]\d{2})\)?"
    r"(?:\s*\([A-Za-z ]+\))?)?"
)
LEAD = (
    r"(?:(?:published|posted|updated|last updated|date|on|at|veröffentlicht|erstellt|stand|datum|am|vom|"
    r"publié|le|publicado|el|pubblicato|il(?!\s+y\s+a\b)|opublikowano|dnia|опубліковано|оновлено|дата|опубликовано)\b:?\s*)*"
)
"""Words that stand before a date."""
_WEEKDAY = r"(?:[^\W\d_]{2,14}\.?,\s+|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\s+)?"
_BETWEEN = r"(?:\s*,?\s*(?:at|um|à|alle|a las|kl|o|о|об|в|-|–|—|\||·|•)?\.?\s*)"
_THEN_CLOCK = rf"(?:{_BETWEEN}{_CLOCK}{_ZONE}(?:\s*год\.?)?)?"
_DAY_MONTH = (
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?[\s-]+(?:of\s+)?{_MONTH},?[\s-]+(?P<year>\d{{4}}|\d{{2}})"
)
_MONTH_DAY = rf"{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})"
_ISO_CLOCK = r"(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d+)?)?"
_YEAR_FIRST = r"(?P<year>\d{4})(?P<sep>[-/.]?)(?P<month>\d{2})(?P=sep)(?P<day>\d{2})"
_NUMBERS = r"(?P<first>\d{1,2})(?P<sep>[./-])(?P<other>\d{1,2})(?P=sep)(?P<year>\d{4})"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_YEAR_FIRST}(?:[T\s]+{_ISO_CLOCK}{_ZONE})?",
        rf"{_WEEKDAY}{_DAY_MONTH}{_THEN_CLOCK}",
        rf"{LEAD}{_CLOCK}{_ZONE}{_BETWEEN}{_WEEKDAY}{_MONTH_DAY}",
        rf"{LEAD}{_CLOCK}{_ZONE}{_BETWEEN}{_WEEKDAY}{_DAY_MONTH}",
        rf"{LEAD}{_WEEKDAY}{_MONTH_DAY}{_THEN_CLOCK}",
        rf"{LEAD}{_WEEKDAY}{_DAY_MONTH}{_THEN_CLOCK}",
        rf"{LEAD}{_WEEKDAY}{_NUMBERS}{_THEN_CLOCK}",
        # As date(1) and asctime(3) print it, the year at the end.
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})\s+{_CLOCK}{_ZONE}\s+(?P<year>\d{{4}})",
    )
)
_MIDNIGHT = 24
_CLOCK_FIGURES = re.compile(r"(?<![\d:.])\d{1,2}:\d{1,2}(?::\d{1,2})?(?![\d:])")
_ZONE_NAME = re.compile(r"\s*[\[(]?\b([A-Za-z]{2,20}(?:/[A-Za-z0-9_+-]{1,30}){1,2})[\])]?\s*$")
_LONGEST_STAMP = 100
_THREE_DIGITS = re.compile(r"\d\D*\d\D*\d")
"""A day and a year have as many, unless they are in figures of their own, which are not ASCII."""


@dataclass(frozen=True, slots=True)
class Written:
    """A date as written; `clock` is None for a bare day, `zone` if none is named."""

    day: date
    clock: time | None = None
    zone: str | None = None


def written_date(text: str, *, month_first: bool = False, language: str | None = None) -> Written | None:
    """Reads a date in any known form.

    `month_first` decides what 2/12/2025 means; 2.12.2025 is 2 December. `language`: ISO 639-1, if known.
    """
    if found := _by_form(text, month_first=month_first):
        return found
    text, zone = _without_zone_name(_padded(text))
    found = _by_form(text, month_first=month_first)
    if found is None and (printed := printed_date(text, month_first=month_first, language=language)):
        found = Written(printed.day, printed.clock, printed.zone)
    return replace(found, zone=found.zone or zone) if found and zone else found


def _padded(text: str) -> str:
    """The text with two digits in each part of a time of day: 7:5:9 becomes 07:05:09."""
    return _CLOCK_FIGURES.sub(lambda found: ":".join(part.zfill(2) for part in found[0].split(":")), text)


def _without_zone_name(text: str) -> tuple[str, str | None]:
    """The text without the IANA zone at its end (`Europe/Brussels`), and that zone."""
    found = _ZONE_NAME.search(text)
    name = iana_name(found[1]) if found else None
    return (text[: found.start()], name) if found and name else (text, None)


def is_stamp(line: str) -> bool:
    """Whether a line is only a date, such as `7:38 am - February 12, 2025`."""
    if len(line) > _LONGEST_STAMP or (line.isascii() and not _THREE_DIGITS.search(line)):
        return False
    if _by_form(line.strip(), month_first=False) is not None:
        return True
    printed = printed_date(line, month_first=False)
    return printed is not None and printed.alone


def _by_form(text: str, *, month_first: bool) -> Written | None:
    for form in _FORMS:
        found = form.fullmatch(text)
        if found:
            try:
                return _written(found.groupdict(), month_first=month_first)
            except ValueError:
                return None
    return None


def _written(parts: dict[str, str | None], *, month_first: bool) -> Written | None:
    month = _month(parts, month_first=month_first)
    year = int(parts["year"] or 0)
    if len(parts["year"] or "") == 2:
        year += 2000 if year < 70 else 1900
    numbers = (int(parts["first"] or 0), int(parts["other"] or 0)) if "first" in parts else None
    day = sum(numbers) - month if numbers and month else int(parts.get("day") or 0)
    if not month:
        return None
    written_day, hour = date(year, month, day), int(parts.get("hour") or 0)
    if hour == _MIDNIGHT and not (int(parts["minute"] or 0) or int(parts["second"] or 0)):
        # ISO 8601:2004 §4.2.3: 24:00 is the beginning of the next day.
        return Written(written_day + timedelta(days=1), time(0), parts.get("zone"))
    return Written(written_day, _clock(parts), parts.get("zone"))


def _month(parts: dict[str, str | None], *, month_first: bool) -> int:
    """The month's number; 0 for a word that is no month."""
    if "first" in parts:
        first, other = int(parts["first"] or 0), int(parts["other"] or 0)
        american = month_first and parts["sep"] != "."
        return first if (american and first <= 12) or other > 12 else other
    written = (parts["month"] or "").lower()
    return int(written) if written.isdigit() else MONTHS.get(word_key(written), 0)


def _clock(parts: dict[str, str | None]) -> time | None:
    if parts.get("hour") is None:
        return None
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    half = (parts.get("half") or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute, min(second, 59))
