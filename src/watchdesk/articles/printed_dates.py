"""Dates as publications print them for their readers, in the languages of the world's press.

A printed date is a day, perhaps a time of day and a zone, and words around them. Machine-readable forms are
left to `written_dates`, the words to `date_words`, relative dates to `listed_dates`.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache

from watchdesk.articles import date_words
from watchdesk.articles.calendars import day_of, full_year
from watchdesk.articles.date_words import AROUND, RELEASES, UPDATES, word_key
from watchdesk.articles.zones import is_zone

_WORD = r"[^\s\d.,:;|/()\[\]<>«»\"“”„–—−·•+\-~]"
_NAME = rf"(?P<month>{_WORD}{{1,20}})\.?(?:\s?/\s?{_WORD}{{3,20}})?"
"""A month's name, perhaps with its name in a second calendar."""
_DAY = r"(?<![\d:.])(?P<day>\d{1,2})"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_OF = r"(?:(?:de|del|of|di|da|ng)\s|d['’]\s?)?"
_AFTER_YEAR = rf"(?:\.?\s?(?:m|ko|g|gada|жылғы|ж|оны|год[ау]?|év|r)\.?(?!{_WORD}))?"
_GAP = r"[\s.,/-]{1,3}"
_DATES = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<era>令和|平成|民[國国])?\s?(?<!\d)(?P<year>\d{1,4}|元)\s?(?:年|년|оны)\s?(?P<number>\d{1,2})(?:-р)?\s?"
        r"(?:月|월|сарын)\s?(?P<day>\d{1,2})(?!\d)\s?[日号號일]?",
        r"(?<!\d)(?<!\d[.:/-])(?P<year>\d{4})(?P<sep>[./-])\s?(?P<number>\d{1,2})(?P=sep)\s?(?P<day>\d{1,2})(?!\d)\.?",
        r"(?<!\d)(?<!\d[.:/-])(?P<first>\d{1,2})(?P<sep>\s?[./-]\s?)(?P<other>\d{1,2})\s?[./-]\s?(?P<year>\d{4})(?!\d)",
        r"(?<!\d)(?<!\d[.:/-])(?P<first>\d{1,2})(?P<sep>[./-])(?P<other>\d{1,2})(?P=sep)(?P<year>\d{2})(?![\d:./-])",
        r"(?<!\d)(?P<day>\d{1,2})\s+tháng\s+(?P<number>\d{1,2})[\s,]+(?:năm\s+)?(?P<year>\d{4})",
        rf"{_DAY}(?:st|nd|rd|th|er|º|ª|°|го)?\.?[\s,/-]{{0,3}}{_OF}{_NAME}[\s.,/-]{{0,3}}{_OF}['’]?(?:{_YEAR}|"
        r"(?P<short>\d{2})(?![\d:.h])(?!\s?(?:[ap]\.?m|uhr|h|o'clock)\b))",
        rf"{_NAME}{_GAP}(?P<day>\d{{1,2}})(?:st|nd|rd|th|ª|º|a|an|en)?\.?{_GAP}{_YEAR}",
        rf"(?<!\d){_YEAR}{_AFTER_YEAR}[\s.,-]{{1,3}}{_NAME}[\s.,-]{{1,3}}(?P<day>\d{{1,2}})(?![\d:])\.?",
        rf"(?<!\d){_YEAR}{_AFTER_YEAR}[\s.,-]{{1,3}}(?P<day>\d{{1,2}})\.?[\s-]{{1,2}}{_NAME}",
    )
)
_HALF = r"(?:\s?(?P<half>[ap]\.?\s?m\b\.?|[πμ]\.?\s?μ\b\.?|مساءً?|صباحاً?|[مص](?!\w)))?"
_CLOCKS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<![\d:])(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?::(?P<second>\d{{2}})(?:[.,]\d{{1,9}})?)?(?![\d:]){_HALF}",
        r"(?<!\d)(?P<hour>\d{1,2})\s?(?:時|时|点|點|시)\s?(?:(?P<minute>\d{1,2})\s?[分분])?",
        r"(?<!\d)(?P<hour>\d{1,2})\s?[hg](?:odz)?\.?\s?(?P<minute>\d{2})(?!\d)",
        rf"(?<![\d.])(?P<hour>\d{{1,2}})\.(?P<minute>\d{{2}})(?![\d.]){_HALF}",
        r"(?<![\d.])(?P<hour>\d{1,2})\s?(?P<half>[ap]\.?m\b\.?)",
        r"(?<![\d.])(?P<hour>\d{1,2})\s?(?:uhr|h)(?!\w)",
        r"(?<!\d)(?P<hour>\d{2})(?P<minute>\d{2})(?=\s?(?:gmt|utc|hrs|hours|ist|est|uur)\b)",
    )
)
_HALF_BEFORE = re.compile(r"(上午|早上|凌晨|午前|오전)|(下午|晚上|午後|오후|pm\b)", re.IGNORECASE)
_OFFSET = re.compile(r"(?:(?:GMT|UTC)\s?|^\s?\(?)([+−-])(\d{1,2})(?::?(\d{2}))?(?![\d.])")
_ZONE = re.compile(r"(?<![^\W_])[A-Z]{2,5}(?![^\W_])")
_PHRASES = re.compile("|".join(map(re.escape, date_words.ZONES)), re.IGNORECASE)
_WORDS = re.compile(rf"{_WORD}+")
_MARKS = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_JOINED = (
    (re.compile("،"), ","),
    (re.compile(r"พ\.\s?ศ\.\s?|ค\.\s?ศ\.\s?"), ""),
    (re.compile(r"(تشرين|كانون)\s+(?=ال)"), r"\1_"),
    (re.compile(r"([ก-ฮ])\.\s?([ก-ฮ])\."), r"\1\2 "),
    (re.compile(r"([ก-ฮ]ิ?)\.([ก-ฮ])\."), r"\1\2 "),
)
"""Names of months in two parts, as one word; other commas; names of the era."""
_BAR = re.compile(r"[|•·;/]")
_MOST = 4
"""Dates in one text."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A date as printed; `clock` is None for a bare day, `zone` if none is named.

    `alone`: there is nothing in the text but dates and the words around them.
    """

    day: date
    clock: time | None
    zone: str | None
    alone: bool


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int
    day: date


def printed_date(text: str, *, month_first: bool, language: str | None = None) -> Printed | None:
    """The date in a text, the one of publication rather than of a change; None if there is none with a year.

    `language`: ISO 639-1; it decides what `listopada` means.
    """
    return _printed(text, month_first, language in ("hr", "bs"))


@lru_cache(1024)
def _printed(text: str, month_first: bool, is_croatian: bool) -> Printed | None:  # noqa: FBT001 - cached
    text = _plain(text)
    if not any(map(str.isdigit, text)):
        return None
    months = date_words.CROATIAN if is_croatian else date_words.MONTHS
    places = _places(text, months, month_first=month_first)
    if not places:
        return None
    published = (number for number in range(len(places)) if not _is_update(text, places, number))
    chosen = next(published, 0)
    try:
        clock, zone = _clock_and_zone(text, places, chosen)
    except ValueError:  # a time that no clock shows
        return None
    return Printed(places[chosen].day, clock, zone, _is_alone(text, places))


def before_date(text: str) -> str:
    """The text before the first date in it, without weekdays and labels; all of it if it has none."""
    text = _plain(text)
    places = _places(text, date_words.MONTHS, month_first=False)
    if not places:
        return text
    words = text[: places[0].start].split()
    while words and (not _WORDS.search(words[-1]) or word_key(words[-1].strip(",;:|-")) in AROUND):
        words.pop()
    return " ".join(words)


def _plain(text: str) -> str:
    """The text with digits as 0 to 9, without marks of direction, and each month's name one word."""
    if text.isascii():
        return text
    text = _MARKS.sub("", unicodedata.normalize("NFKC", text))
    text = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    for parted, joined in _JOINED:
        text = parted.sub(joined, text)
    return text


def _places(text: str, months: Mapping[str, int], *, month_first: bool) -> list[_Place]:
    """Every date in the text, in order; where two forms overlap, the first form counts."""
    found: list[_Place] = []
    for form in _DATES:
        start = 0
        while len(found) < _MOST and (match := form.search(text, start)):
            start = match.start() + 1
            day = _day(match.groupdict(), months, month_first=month_first)
            place = _Place(*match.span(), day) if day else None
            if place and not any(place.start < one.end and one.start < place.end for one in found):
                found.append(place)
                start = place.end
    return sorted(found, key=lambda place: place.start)


def _day(parts: dict[str, str | None], months: Mapping[str, int], *, month_first: bool) -> date | None:
    year = full_year(parts["year"] or parts.get("short") or "", parts.get("era"))
    if year is None:
        return None
    if "first" in parts:
        first, other = int(parts["first"] or 0), int(parts["other"] or 0)
        american = month_first and "." not in (parts["sep"] or "")
        month = first if (american and first <= 12) or other > 12 else other
        return day_of(year, month, first + other - month)
    day = int(parts["day"] or 0)
    if "number" in parts:
        return day_of(year, int(parts["number"] or 0), day)
    key = word_key(parts["month"] or "")
    persian = date_words.PERSIAN.get(key)
    if persian and year < 1500:
        return day_of(year, persian, day)
    return day_of(year, months.get(key, 0), day) if year >= 1500 else None


def _is_update(text: str, places: list[_Place], number: int) -> bool:
    """Whether the words just before a date say that the text was changed."""
    before = text[places[number - 1].end if number else 0 : places[number].start]
    return any(word_key(word) in UPDATES for word in _WORDS.findall(before))


def _clock_and_zone(text: str, places: list[_Place], number: int) -> tuple[time | None, str | None]:
    """The time of day after a date, else before it; never that of another date, or of a change."""
    end = places[number + 1].start if number + 1 < len(places) else len(text)
    after = text[places[number].end : end]
    change = next((word for word in _WORDS.finditer(after) if word_key(word[0]) in UPDATES), None)
    found = _first_clock(after[: change.start()] if change else after)
    if found[0] is None:
        begin = places[number - 1].end if number else 0
        found = _clock_before(text[begin : places[number].start], is_first=number == 0)
    phrase = _PHRASES.search(text)
    return (found[0], date_words.ZONES[phrase[0].casefold()]) if phrase else found


def _first_clock(text: str) -> tuple[time | None, str | None]:
    return next(((clock, _zone_in(text[end:])) for clock, end in _clocks(text)), (None, None))


def _clock_before(text: str, *, is_first: bool) -> tuple[time | None, str | None]:
    """The time of day in what stands before a date, but after the date before it, and what belongs to that.

    `Updated: 19:10, published: 18:40, ` has the time of publication after its label. Before the first date,
    the time of a change counts if there is no other.
    """
    labels = [one for one in _WORDS.finditer(text) if word_key(one[0]) in UPDATES | RELEASES]
    starts = [one.end() for one in labels if word_key(one[0]) not in UPDATES]
    bars = [one.end() for one in _BAR.finditer(text)]
    for start in starts or ([] if is_first else bars[-1:]):
        end = next((one.start() for one in labels if one.start() >= start), len(text))
        if (found := _first_clock(text[start:end]))[0] is not None:
            return found
    return _first_clock(text) if is_first else (None, None)


def _clocks(text: str) -> Iterator[tuple[time, int]]:
    """The times of day in a text, each with where it ends."""
    for form in _CLOCKS:
        for match in form.finditer(text):
            clock = _time(match, text[: match.start()])
            if clock is not None:
                yield clock, match.end()


def _time(match: re.Match[str], before: str) -> time | None:
    """Raises `ValueError` for 25:61; None for what may be something else than a time."""
    parts = match.groupdict()
    hour, minute = int(parts["hour"] or 0), int(parts.get("minute") or 0)
    second = min(int(parts.get("second") or 0), 59)
    if half := _half(parts.get("half"), before):
        hour = hour % 12 + (12 if half == "p" else 0) if hour <= 12 else hour
    if ":" not in match[0] and (hour > 23 or minute > 59):
        return None
    return time(hour, minute, second)


def _half(written: str | None, before: str) -> str:
    """`a` or `p` for the half of the day that is named after a time, or before it."""
    if written:
        key = word_key(written.replace(" ", ""))
        return "p" if key in date_words.AFTERNOON else "a" if key in date_words.MORNING else ""
    named = list(_HALF_BEFORE.finditer(before))
    return ("a" if named[-1][1] else "p") if named else ""


def _zone_in(text: str) -> str | None:
    """The zone that is named right after a time of day; None if there is none."""
    if offset := _OFFSET.search(text):
        return f"{'+' if offset[1] == '+' else '-'}{int(offset[2]):02}:{offset[3] or '00'}"
    return next((name[0] for name in _ZONE.finditer(text) if is_zone(name[0])), None)


def _is_alone(text: str, places: list[_Place]) -> bool:
    rest = list(text)
    for place in places:
        rest[place.start : place.end] = " " * (place.end - place.start)
    others = "".join(rest)
    for form in _CLOCKS:
        others = form.sub(" ", others)
    others = _OFFSET.sub(" ", _PHRASES.sub(" ", others))
    words = _WORDS.findall(_HALF_BEFORE.sub(" ", others))
    return not any(sign.isdigit() for sign in others) and all(_stands_around(word) for word in words)


def _stands_around(word: str) -> bool:
    return word_key(word) in AROUND or (word.isupper() and is_zone(word))
