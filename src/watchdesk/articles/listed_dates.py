"""Dates as listing pages print them: relative, short, without a year, in the language of the page.

Forms that say a whole date are read exactly, by `dates`; only the others are left to dateparser, in the one
language that is known, so that it neither guesses nor takes long.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from watchdesk.articles.dates import ABSENT, Published, published_at, read_date
from watchdesk.articles.written_dates import LEAD
from watchdesk.model import PublishedKnown

_LONGEST = 60
_MOST_WIDELY_READ = ("en", "de", "fr", "es", "it", "nl", "pl", "uk", "ru", "pt")
"""Languages that are tried where none is known."""
_YEAR_FIRST = frozenset(("zh", "ja", "ko", "hu", "mn", "lt"))
_MONTH_FIRST_REGIONS = ("us", "ph")
_WITH_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)", re.ASCII)
_A_WORD = re.compile(r"[^\W\d_]{3,20}\.?")
_CLOCK = re.compile(r"\d{1,2}\s?[:h]\s?\d{2}|\d{1,2}\.\d{2}\s?(?:uhr|h\b)|\d\s?[ap]\.?m\b", re.IGNORECASE)
_BARE_CLOCK = re.compile(r"(\d{1,2})[:h](\d{2})(?:\s?uhr|\s?h)?", re.IGNORECASE | re.ASCII)
_LEAD = re.compile(LEAD, re.IGNORECASE)
_WEEKS = re.compile(r"(\d{1,2})\s?w(?:ks?)?(?=$|\s)", re.IGNORECASE | re.ASCII)
_CHINESE = re.compile(r"(\d{1,2})月(\d{1,2})日", re.ASCII)
_NOW = frozenset(
    ("moments ago", "a moment ago", "gerade eben", "soeben", "à l'instant", "à l’instant", "щойно")
)
_ANY_TIME = datetime(2026, 6, 17, 12, tzinfo=UTC)
"""What can be read does not depend on when it is read."""


def read_listed_date(text: str | None, language: str | None, zone: tzinfo, now: datetime) -> Published | None:
    """What a date says that was printed at `now`; None where it cannot be read.

    `language`: of the page, as ISO 639-1 or with a region (`en-US`); None where it is not known. Without a
    year the nearest day that is not ahead is meant. What lies ahead is an event's time, and no date.
    """
    text = " ".join((text or "").split()).strip(" ,;|•·–—-()[]")
    if not text or len(text) > _LONGEST:
        return None
    short, _, region = (language or "").lower().replace("_", "-").partition("-")
    if _WITH_YEAR.search(text) and region not in _MONTH_FIRST_REGIONS:
        exact = read_date(text, zone, now, known_forms=True)
        if exact.at is not None:
            return exact
    local = now.astimezone(zone).replace(tzinfo=None)
    if (own := _own_reading(text, local)) is not None:
        return _published(text, *own, local, zone, now)
    order = _order(short, region, zone)
    for written in dict.fromkeys((_WEEKS.sub(r"\1 weeks", text), _LEAD.sub("", text, count=1))):
        for language_tried in _languages(short):
            found = _read(written, language_tried, order, local) if written else None
            if found is not None:
                return _published(written, *found, local, zone, now)
    exact = read_date(text, zone, now, known_forms=True)
    return exact if exact.at is not None else None


def is_readable(text: str, language: str | None, zone: tzinfo) -> bool:
    """Whether a printed date can be read at all, be it as the time of an event to come."""
    return read_listed_date(text, language, zone, _ANY_TIME) is not None


def _languages(short: str) -> tuple[str, ...]:
    if not short:
        return _MOST_WIDELY_READ
    return (short,) if short == "en" else (short, "en")


def _order(short: str, region: str, zone: tzinfo) -> str:
    if short in _YEAR_FIRST:
        return "YMD"
    american = region in _MONTH_FIRST_REGIONS or (
        short in ("", "en") and not region and str(zone).startswith(("America/", "US/"))
    )
    return "MDY" if american else "DMY"


def _own_reading(text: str, local: datetime) -> tuple[datetime, str] | None:
    """What dateparser does not know: times of day alone, months and days in Chinese, a few words."""
    if text.lower() in _NOW:
        return local, "time"
    try:
        if found := _BARE_CLOCK.fullmatch(text):
            at = local.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
            return (at if at <= local else at - timedelta(days=1)), "time"
        if found := _CHINESE.fullmatch(text):
            at = local.replace(month=int(found[1]), day=int(found[2]))
            return (at if at <= local else at.replace(year=at.year - 1)), "day"
    except ValueError:  # there is no such time, or day
        return None
    return None


def _read(text: str, language: str, order: str, local: datetime) -> tuple[datetime, str] | None:
    """What dateparser makes of it, as a local time, and how exact that is: time, day, week, month."""
    from dateparser.date import DateDataParser  # noqa: PLC0415 - heavy, and only listing pages need it

    a_word = bool(_A_WORD.fullmatch(text))  # of a weekday's name no month is asked
    settings = {
        "RELATIVE_BASE": local,
        "PREFER_DATES_FROM": "past",
        "DATE_ORDER": order,
        "RETURN_TIME_AS_PERIOD": True,
        "REQUIRE_PARTS": [] if a_word else ["day", "month"],
    }
    try:
        found = DateDataParser(languages=[language], settings=settings).get_date_data(text)
    except (ValueError, OverflowError, TypeError, RecursionError):
        return None
    if found.date_obj is None or (a_word and found.period not in ("time", "day")):
        return None
    return found.date_obj, str(found.period)


def _published(
    text: str, at: datetime, period: str, local: datetime, zone: tzinfo, now: datetime
) -> Published:
    if at.tzinfo is not None:
        return published_at(at, PublishedKnown.EXACT, now)
    if _A_WORD.fullmatch(text) and (local.date() - at.date()).days == 7:
        at = local  # today's name is today's, where it stands alone
    if period == "time" or _CLOCK.search(text):
        moment = at.replace(tzinfo=zone)
        return published_at(moment, PublishedKnown.ZONE_ASSUMED, now) if at <= local else ABSENT
    return read_date(f"{at:%Y-%m-%d}", zone, now) if at.date() <= local.date() else ABSENT
