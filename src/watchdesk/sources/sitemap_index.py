"""Which parts of a sitemap index are worth reading for news. Pure.

A large site lists thousands of sitemaps, nearly all of them its archive; a poll reads a few.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from watchdesk.sources.web.locations import is_web_address

MOST_PARTS = 8
"""Sitemaps of one index that are read; Google's news sitemaps hold two days and are seldom several."""

_NEWS = re.compile(
    r"(?<![a-z])(?:google[-_]?)?(?:news(?!letter)|latest|recent|today|breaking|"
    r"aktuell|nachrichten|actualites?|noticias|novosti)",
    re.IGNORECASE,
)
_NAMED_TIME = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:[-_/]?(0[1-9]|1[0-2])(?:[-_/]?(0[1-9]|[12]\d|3[01]))?)?(?!\d)"
)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap as its index lists it."""

    loc: str
    lastmod: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Addresses to read and when each last changed, if told; and what is said of the others."""

    parts: Mapping[str, datetime | None]
    left_out: str | None = None


def chosen(children: Sequence[Child], url: str, timezone: str | None) -> Choice:
    """Those that look like news sitemaps, else all; of these the `MOST_PARTS` that changed last.

    `url` is the index's own; times without a zone are read in `timezone`. Without any lastmod, a year and a
    month in the address say how new a sitemap is; else the order of the index counts.
    """
    zone = ZoneInfo(timezone) if timezone else UTC
    listed: dict[str, datetime | None] = {}
    for child in children:
        address = urljoin(url, child.loc)
        if is_web_address(address) and address != url:
            listed.setdefault(address, read_lastmod(child.lastmod, zone))
    news = {address: changed for address, changed in listed.items() if looks_like_news(address)}
    eligible = news or listed
    newest = sorted(eligible, key=lambda address: eligible[address] or _named_time(address), reverse=True)
    parts = {address: eligible[address] for address in newest[:MOST_PARTS]}
    if len(eligible) <= MOST_PARTS:
        return Choice(parts)
    which = "news sitemaps" if news else "sitemaps"
    return Choice(parts, f"it lists {len(eligible):,} {which}; the {MOST_PARTS} that changed last are read")


def looks_like_news(address: str) -> bool:
    """Whether a sitemap's path or query says that it holds what is new."""
    parts = urlsplit(address)
    return bool(_NEWS.search(f"{parts.path}?{parts.query}"))


def read_lastmod(text: str | None, zone: tzinfo) -> datetime | None:
    """A W3C datetime, down to a year alone, or a date of mail as sloppy publishers write; in UTC."""
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


def _named_time(address: str) -> datetime:
    found = max(_NAMED_TIME.findall(urlsplit(address).path), default=None)
    if found is None:
        return _LONG_AGO
    year, month, day = found
    try:
        return datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
    except ValueError:  # the 31st of a short month
        return datetime(int(year), int(month or 1), 1, tzinfo=UTC)
