"""Dates as listing pages print them: relative, short, without a year, in the language of the page.

`dates` reads complete dates exactly. dateparser gets only the others, with the language that is known, so
that it neither guesses nor takes long.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo

from watchdesk.articles.dates import ABSENT, Published, published_at, read_date
from watchdesk.articles.written_dates import LEAD
from watchdesk.model import PublishedKnown

_LONGEST = 60
_MOST_WIDELY_READ = ("en", "de", "fr", "es", "it", "nl", "pl", "uk", "ru", "pt")
"""Languages to try if none is known."""
_MOST_NUMBERS = 7
"""Numbers in one date; dateparser's work grows with them."""
_NUMBER = re.compile(r"\d+")
_YEAR_FIRST = frozenset(("zh", "ja", "ko", "hu", "mn", "lt"))
_MONTH_FIRST_REGIONS = ("us", "ph")
_WITH_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)", re.ASCII)
_A_WORD = re.compile(r"[^\W\d_']{1,20}(?:'[^\W\d_]{1,18}|[^\W\d_]{2})\.?")
_CLOCK = re.compile(r"\d{1,2}\s?[:h]\s?\d{2}|\d{1,2}\.\d{2}\s?(?:uhr|h\b)|\d\s?[ap]\.?m\b", re.IGNORECASE)
_HOURS = re.compile(
    r"(?<![\d.:/])(\d{1,2})(?:[:.h](\d{2}))?\s?(?:([ap])\.?m\b\.?|uhr\b)|(?<![\d.:/])(\d{1,2})h(\d{2})\b",
    re.IGNORECASE | re.ASCII,
)
_THEN_CLOCK = re.compile(
    r"(?P<day>.*?)[\s,|·•–-]*(?:\b(?:at|um|à|alle|a las|às|om|kl|o|о|об|в)\b\.?\s*)?(?<![\d:.])"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})",
    re.IGNORECASE,
)
_LEAD = re.compile(LEAD, re.IGNORECASE)
_WEEKS = re.compile(r"(\d{1,2})\s?w(?:ks?)?(?=$|\s)", re.IGNORECASE | re.ASCII)
_CHINESE = re.compile(r"(\d{1,2})月(\d{1,2})日", re.ASCII)
_NOW = frozenset(
    (
        *("moments ago", "a moment ago", "seconds ago", "gerade eben", "soeben", "jetzt", "à l'instant"),
        *("il y a un instant", "ahora", "ahora mismo", "hace un momento", "adesso", "poco fa", "zojuist"),
        *("przed chwilą", "teraz", "щойно", "зараз", "только что", "сейчас", "agora", "agora mesmo"),
    )
)
_SPELLED = (
    (r"\bhalf an hour\b", "30 minutes"),
    (r"\beiner halben stunde\b", "30 Minuten"),
    (r"\bune demi-heure\b", "30 minutes"),
    (r"\b(?:a few|several|wenigen|einigen|ein paar|quelques|unos|unas|pochi|poche|alcuni|alcune)\s", "3 "),
    (r"\b(?:enkele|een paar|kilka|кілька|декілька|несколько|alguns|algumas)\s", "3 "),
    (r"^(?:een|una|un)\s", "1 "),
    (r"^(\S+)\s(temu|тому|назад)$", r"1 \1 \2"),
    (r"^(منذ|قبل)\s(\S+)$", r"\1 1 \2"),
    (r"^(?:last|letzten|vergangenen)\s(?=\S*(?:day|tag|woch)\.?$)", ""),
)
"""Numbers in words that dateparser does not know: pattern → what it knows."""
_AHEAD = re.compile(r"(?:next|coming|nächsten?|kommenden?)\s\w+", re.IGNORECASE)
_AMERICAN = re.compile(r"(?:0?[1-9]|1[0-2])/(?:1[3-9]|2\d|3[01])(?:/\d{2,4})?", re.ASCII)
"""Month and day in the only order in which they are a date."""
_SCRIPTS = (
    (re.compile("[\u3040-\u30ff]"), "ja"),
    (re.compile("[\u4e00-\u9fff]"), "zh"),
    (re.compile("[\uac00-\ud7af]"), "ko"),
    (re.compile("[\u0600-\u06ff]"), "ar"),
    (re.compile("[\u0590-\u05ff]"), "he"),
    (re.compile("[\u0370-\u03ff]"), "el"),
)
"""Letters that show the language if none is known."""
_ELSEWHERE = timedelta(hours=11)
"""How far clocks east of UTC are ahead, a few islands aside."""
_APOSTROPHES = str.maketrans("’ʼ′", "'''")
_ANY_TIME = datetime(2026, 6, 17, 12, tzinfo=UTC)
"""Whether a date can be read does not depend on the present time."""


def read_listed_date(text: str | None, language: str | None, zone: tzinfo, now: datetime) -> Published | None:
    """The time of a date that was printed at `now`; None if it cannot be read.

    `language`: the page's, as ISO 639-1 or with a region (`en-US`); None if unknown. A date without a year is
    the last such day. A date in the future is an event's, and counts as absent.
    """
    text = " ".join((text or "").split()).strip(" ,;|•·–—-()[]")
    if not text or len(text) > _LONGEST or len(_NUMBER.findall(text)) > _MOST_NUMBERS:
        return None
    short, _, region = (language or "").lower().replace("_", "-").partition("-")
    text = text.translate(_APOSTROPHES)
    if _AHEAD.fullmatch(text):
        return ABSENT
    order = "MDY" if _AMERICAN.fullmatch(text) else _order(short, region, zone)
    if exact := _exact(text, order, short, zone, now):
        return exact
    local = now.astimezone(zone).replace(tzinfo=None)
    if (own := _own_reading(text, local)) is not None:
        return _published(text, *own, local, zone, now)
    languages = _languages(short, text)
    text = _HOURS.sub(_clock, text)
    split = _THEN_CLOCK.fullmatch(text)
    at = _day_and_clock(split, languages, order, local) if split else None
    read = (text, at, "time") if at else _by_dateparser(text, languages, order, local)
    return _published(*read, local, zone, now) if read else None


def is_readable(text: str, language: str | None, zone: tzinfo) -> bool:
    """Whether a printed date can be read at all, even as the time of a coming event."""
    return read_listed_date(text, language, zone, _ANY_TIME) is not None


def _exact(text: str, order: str, language: str, zone: tzinfo, now: datetime) -> Published | None:
    found = read_date(text, zone, now, month_first=order == "MDY", language=language)
    return found if found.at is not None else None


def _languages(short: str, text: str) -> tuple[str, ...]:
    if short:
        return (short,) if short == "en" else (short, "en")
    return (*(language for letters, language in _SCRIPTS if letters.search(text)), *_MOST_WIDELY_READ)


def _by_dateparser(
    text: str, languages: Sequence[str], order: str, local: datetime
) -> tuple[str, datetime, str] | None:
    """The text without its lead, its local time, and its precision."""
    bare = _LEAD.sub("", text, count=1)
    spelled = bare
    for pattern, known in _SPELLED:
        spelled = re.sub(pattern, known, spelled, flags=re.IGNORECASE)
    for written in dict.fromkeys((_WEEKS.sub(r"\1 weeks", text), bare, spelled)):
        for language in languages:
            found = _read(written, language, order, local) if written else None
            if found is not None:
                return bare, *found
    return None


def _clock(found: re.Match[str]) -> str:
    """A time of day on the 24-hour clock: 2 pm is 14:00, 10 Uhr is 10:00."""
    hour, minute, half, *before_minute = found.groups()
    if hour is None:
        hour, minute = before_minute
    number = int(hour)
    if half and 1 <= number <= 12:
        number = number % 12 + (12 if half.lower() == "p" else 0)
    return f"{number}:{minute or '00'}"


def _day_and_clock(
    split: re.Match[str], languages: Sequence[str], order: str, local: datetime
) -> datetime | None:
    """A day in any form, followed by a time of day; None if it is not a day."""
    read = _by_dateparser(split["day"].strip(" ,;|•·–-"), languages, order, local) if split["day"] else None
    if split["day"] and (read is None or read[2] == "time"):
        return None
    try:
        clock = time(int(split["hour"]), int(split["minute"]))
    except ValueError:
        return None
    if read is None:
        at = datetime.combine(local, clock)
        return at if at <= local else at - timedelta(days=1)
    return datetime.combine(_not_a_week_ago(read[0], read[1], local), clock)


def _not_a_week_ago(text: str, at: datetime, local: datetime) -> datetime:
    """A weekday's name that stands alone means today, not a week ago."""
    return local if _A_WORD.fullmatch(text) and (local.date() - at.date()).days == 7 else at


def _order(short: str, region: str, zone: tzinfo) -> str:
    if short in _YEAR_FIRST:
        return "YMD"
    american = region in _MONTH_FIRST_REGIONS or (
        short in ("", "en") and not region and str(zone).startswith(("America/", "US/"))
    )
    return "MDY" if american else "DMY"


def _own_reading(text: str, local: datetime) -> tuple[datetime, str] | None:
    """Reads what dateparser does not know: months and days in Chinese, a few words."""
    if text.lower() in _NOW:
        return local, "time"
    try:
        if found := _CHINESE.fullmatch(text):
            at = local.replace(month=int(found[1]), day=int(found[2]))
            return (at if at <= local else at.replace(year=at.year - 1)), "day"
    except ValueError:  # there is no such day
        return None
    return None


def _read(text: str, language: str, order: str, local: datetime) -> tuple[datetime, str] | None:
    """dateparser's reading as a local time, and its precision: time, day, week, month."""
    from dateparser.date import DateDataParser  # noqa: PLC0415 - heavy, and only listing pages need it

    a_word = bool(_A_WORD.fullmatch(text))  # a weekday's name needs no month
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
    """The time of publication. Today at a time of day that our clock has yet to reach still counts as today:
    the publisher's clock is in another zone.
    """
    if at.tzinfo is not None:
        return published_at(at, PublishedKnown.EXACT, now)
    at = _not_a_week_ago(text, at, local)
    is_time = period == "time" or bool(_CLOCK.search(text))
    last_year = at.replace(year=at.year + 1) if (at.month, at.day) != (2, 29) else at
    if not _WITH_YEAR.search(text) and local < last_year < local + timedelta(days=2):
        # dateparser takes last year's day, but this year's may have begun elsewhere.
        if last_year.date() == local.date():
            return read_date(f"{local:%Y-%m-%d}", zone, now)
        if last_year.date() <= (now.astimezone(UTC) + _ELSEWHERE).date():
            return ABSENT
    if is_time and at <= local:
        return published_at(at.replace(tzinfo=zone), PublishedKnown.ZONE_ASSUMED, now)
    if at.date() > local.date() or (at > local and not _CLOCK.search(text)):
        return ABSENT
    return read_date(f"{at:%Y-%m-%d}", zone, now)
