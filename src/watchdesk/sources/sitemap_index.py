"""Which parts of a sitemap index are worth reading for news. Pure.

A large site lists thousands of sitemaps, nearly all of them its archive; a poll reads a few.
"""

import itertools
import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from watchdesk.sources.web.locations import is_web_address

MOST_PARTS = 8
"""Sitemaps read of one index; Google's news sitemaps hold two days, and there are seldom several."""

_NEWS = re.compile(
    r"(?<![a-z])(?:google[-_]?)?(?:news(?!letter)|latest|recent|today|breaking|"
    r"aktuell|nachrichten|actualites?|noticias|novosti)",
    re.IGNORECASE,
)
_NAMED_TIME = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:[-_/]?(0[1-9]|1[0-2])(?:[-_/]?(0[1-9]|[12]\d|3[01]))?)?(?!\d)"
)
_NUMBER = re.compile(r"[0-9]{1,15}")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAME = re.compile(
    r"(?<![a-z])(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])",
    re.IGNORECASE,
)
_NO_NEWS = re.compile(
    r"(?<![a-z])(?:pages?|categor(?:y|ies)|tags?|authors?|users?|images?|videos?|products?|attachments?|static|"
    r"taxonomy|topics?|misc)(?![a-z])",
    re.IGNORECASE,
)
"""Names of sitemaps that list other things than articles."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap as its index lists it."""

    loc: str
    lastmod: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Addresses to read and when each last changed, if given; and a sentence about those left out."""

    parts: Mapping[str, datetime | None]
    left_out: str | None = None


def chosen(children: Sequence[Child], url: str, timezone: str | None) -> Choice:
    """The `MOST_PARTS` that changed last among those that look like news sitemaps, or among all if none does.

    `url` is the index's own; times without a zone are read in `timezone`. If the index does not say what
    changed last, dates and numbers in the addresses decide, and the place in it: see `_newest_first`.
    """
    zone = ZoneInfo(timezone) if timezone else UTC
    listed: dict[str, datetime | None] = {}
    for child in children:
        address = urljoin(url, child.loc)
        if is_web_address(address) and address != url:
            listed.setdefault(address, read_lastmod(child.lastmod, zone))
    news = {address: changed for address, changed in listed.items() if looks_like_news(address)}
    eligible = news or listed
    if len(eligible) <= MOST_PARTS:
        return Choice(eligible)
    presumed = _newest_first(list(eligible))
    newest = sorted(presumed, key=lambda address: eligible[address] or _named_time(address), reverse=True)
    parts = {address: eligible[address] for address in newest[:MOST_PARTS]}
    which = "news sitemaps" if news else "sitemaps"
    by = "that changed last" if any(eligible.values()) else "that seem the newest by name and place"
    return Choice(parts, f"it lists {len(eligible):,} {which}; the {MOST_PARTS} {by} are read")


def looks_like_news(address: str) -> bool:
    """Whether a sitemap's path or query says that it holds what is new."""
    parts = urlsplit(address)
    return bool(_NEWS.search(f"{parts.path}?{parts.query}"))


def read_lastmod(text: str | None, zone: tzinfo) -> datetime | None:
    """A W3C datetime, down to a year alone, or a mail date, which sloppy publishers write; in UTC."""
    if not text:
        return None
    whole = {4: f"{text}-01-01", 7: f"{text}-01"}.get(len(text), text)
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(whole)
            return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def _newest_first(addresses: Sequence[str]) -> list[str]:
    """The addresses in the order in which to look for news, if nothing says when they changed.

    Addresses that differ only in numbers are one series. The highest number is usually the newest; in some
    systems it is the lowest, so that comes third. Series take turns; series of pages, tags and the like come
    last. Addresses without a number are taken from both ends of the index in turn.
    """
    series: dict[str, list[str]] = {}
    for address in addresses:
        name = _NUMBER.sub("", _MONTH_NAME.sub("", _path(address)))
        series.setdefault(name, []).append(address)
    ordered = [_from_both_ends(sorted(alike, key=_numbers, reverse=True)) for alike in series.values()]
    numbered = [alike for alike in ordered if len(alike) > 1]
    alone = _ends_in_turn([alike for alike in ordered if len(alike) == 1])
    series_found = [*numbered, *alone]
    others = [alike for alike in series_found if _NO_NEWS.search(_path(alike[0]))]
    news = [alike for alike in series_found if alike not in others]
    return [*_in_turn(news), *_in_turn(others)]


def _in_turn(series: Sequence[list[str]]) -> list[str]:
    rounds = itertools.zip_longest(*series)
    return [address for one_of_each in rounds for address in one_of_each if address is not None]


def _from_both_ends(highest_first: list[str]) -> list[str]:
    """Two from the top, one from the bottom, and so on."""
    waiting, found = deque(highest_first), list[str]()
    while waiting:
        found.append(waiting.pop() if len(found) % 3 == 2 else waiting.popleft())
    return found


def _ends_in_turn(series: Sequence[list[str]]) -> list[list[str]]:
    """The last, the first, the last but one, and so on."""
    waiting, found = deque(series), list[list[str]]()
    while waiting:
        found.append(waiting.popleft() if len(found) % 2 else waiting.pop())
    return found


def _numbers(address: str) -> tuple[int, ...]:
    """The numbers in an address, a year first; month names count as numbers."""
    named = _MONTH_NAME.sub(lambda found: f"-{_MONTHS.index(found[0][:3].lower()) + 1}", _path(address))
    numbers = [int(number) for number in _NUMBER.findall(named)]
    year = next((place for place, number in enumerate(numbers) if 1990 <= number < 2100), 0)
    return (*numbers[year : year + 1], *numbers[:year], *numbers[year + 1 :])


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def _named_time(address: str) -> datetime:
    found = max(_NAMED_TIME.findall(_path(address)), default=None)
    if found is None:
        return _LONG_AGO
    year, month, day = found
    try:
        return datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
    except ValueError:  # the 31st of a short month
        return datetime(int(year), int(month or 1), 1, tzinfo=UTC)
