"""Writes times for a reader: in the reader's zone and language, on the 24-hour clock."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

from watchdesk.digests.rendering.words import Words

_OF_WORLD_ENGLISH = "en_GB"
_DAY = {"de": "d. MMM"}
_FULL = {"en": "EEEE, d MMMM y", "uk": "EEEE, d MMMM y"}


def locale_of(language: str) -> Locale:
    """English, in its order of day and month, for a language that is not known."""
    try:
        locale = Locale.parse(language, sep="-" if "-" in language else "_")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return Locale.parse(_OF_WORLD_ENGLISH) if str(locale) == "en" else locale


class Times:
    """Writes moments for one reader, at the time of one digest."""

    def __init__(self, now: datetime, zone: ZoneInfo, locale: Locale, words: Words) -> None:
        self._zone = zone
        self._locale = locale
        self._words = words
        self._today = now.astimezone(zone).date()

    def full(self, moment: datetime) -> str:
        """`Wednesday, 25 November 2026`."""
        pattern = _FULL.get(self._locale.language, "full")
        return format_date(moment.astimezone(self._zone).date(), pattern, locale=self._locale)

    def clock(self, moment: datetime) -> str:
        """`07:38`."""
        return f"{moment.astimezone(self._zone):%H:%M}"

    def is_today(self, moment: datetime) -> bool:
        """Whether it is of the digest's own day."""
        return moment.astimezone(self._zone).date() == self._today

    def time(self, moment: datetime) -> str:
        """`today 07:38`, `yesterday 22:10`, `Tue 14:05` within the week, else `3 Nov 14:05`."""
        return f"{self.day(moment)} {self.clock(moment)}"

    def day(self, moment: datetime) -> str:
        """The day alone; with its year when that is another."""
        day = moment.astimezone(self._zone).date()
        near = {-1: self._words.yesterday, 0: self._words.today, 1: self._words.tomorrow}
        away = day - self._today
        if away.days in near:
            return near[away.days]
        if abs(away) < timedelta(days=7):
            return self._written(day, "EEE")
        plain = _DAY.get(self._locale.language, "d MMM")
        return self._written(day, plain if day.year == self._today.year else f"{plain} y")

    def number(self, number: float) -> str:
        """As the language groups digits; at most one place after the point."""
        return format_decimal(number, "#,##0.#", locale=self._locale)

    def _written(self, day: date, pattern: str) -> str:
        return format_date(day, pattern, locale=self._locale)
