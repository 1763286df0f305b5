"""Times as publications write them, read exactly or not at all.

Feed libraries silently read BST as UTC and 1739345892 as the year 1739. Here each form has its own rule, the
result says how precise it is, and an impossible date counts as absent.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from watchdesk.articles.written_dates import Written, written_date
from watchdesk.articles.zones import zone_named
from watchdesk.model import PublishedKnown, Source

AHEAD = timedelta(minutes=10)
"""How far a publisher's clock may be ahead of ours."""
EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""No article was on the web before this: such a date is a default value."""
_LONGEST = 200
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}", re.ASCII)
_OFFSET = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?$", re.IGNORECASE)
_SAME_EVENT = timedelta(hours=36)
_REVISED = timedelta(days=30)
"""How long after its publication an article is still being changed."""
_MIDNIGHT = re.compile(r"T00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d\d:?\d\d)?$")


@dataclass(frozen=True, slots=True)
class Published:
    """A time of publication in UTC, and how well it is known."""

    at: datetime | None = None
    known: PublishedKnown = PublishedKnown.ABSENT


ABSENT = Published()
_RANK = {known: rank for rank, known in enumerate(PublishedKnown)}


def source_zone(source: Source) -> tzinfo:
    """The zone of the source's times that name none; UTC if none is configured."""
    try:
        return ZoneInfo(source.timezone) if source.timezone else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def read_date(
    text: str | None,
    zone: tzinfo,
    now: datetime,
    *,
    month_first: bool | None = None,
    language: str | None = None,
) -> Published:
    """The time of one written date. More than ten minutes after `now`, or before 1995, counts as absent.

    `month_first`: whether 2/12/2025 is 12 February; None: as is usual in the zone. `language`: that of the
    text (ISO 639-1), if it is known.
    """
    if not text:
        return ABSENT
    text = " ".join(text[:_LONGEST].split())
    if _EPOCH.fullmatch(text):
        return _plausible(_epoch(float(text)), PublishedKnown.EXACT, now)
    if month_first is None:
        month_first = str(zone).startswith(("America/", "US/"))
    written = written_date(text, month_first=month_first, language=language)
    if written is None or not EARLIEST.year - 1 <= written.day.year < 9000:
        return ABSENT
    if written.clock is None:
        return _day(written.day, zone, now)
    return _instant(written.day, written.clock, written, zone, now)


def first_date(texts: Iterable[str | None], zone: tzinfo, now: datetime) -> Published:
    """The first date that can be read, in order of trust."""
    read = (read_date(text, zone, now) for text in texts)
    return next((found for found in read if found.at is not None), ABSENT)


def best_date(
    stated: Iterable[str | None],
    printed: Iterable[str | None],
    zone: tzinfo,
    now: datetime,
    modified: str | None = None,
    language: str | None = None,
) -> Published:
    """The first date that can be read, or a later one that is better and agrees with it.

    `stated` are in metadata, `printed` on the page, each in order of trust. Better is one that is more exact;
    a time of day rather than midnight; a zone of its own rather than a careless Z on the same time of day; an
    earlier one that is stated, where the first is that of the last change, `modified`. `language`: the
    text's.
    """
    of_metadata = _readable(stated, zone, now, language)
    found = of_metadata + _readable(printed, zone, now, language)
    if not found:
        return ABSENT
    first = found[0].at
    if modified and first == read_date(modified, zone, now).at:
        # A page that stamps each change as its publication may say elsewhere when it was first published.
        earlier = [one for one in of_metadata if first - _REVISED < one.at < first]
        first = earlier[0].at if earlier else first
        found = earlier or found
    agreeing = [one for one in found if abs(one.at - first) < _SAME_EVENT]
    elsewhere = {one.wall for one in agreeing if one.known is PublishedKnown.EXACT and not one.is_zulu}
    best = min(
        agreeing, key=lambda one: (_RANK[one.known], one.is_midnight, one.is_zulu and one.wall in elsewhere)
    )
    return Published(best.at, best.known)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A date that a page claims, as written and as read."""

    text: str
    at: datetime
    known: PublishedKnown

    @property
    def is_midnight(self) -> bool:
        return _MIDNIGHT.search(self.text) is not None

    @property
    def is_zulu(self) -> bool:
        return self.text.endswith(("Z", "+00:00", "+0000"))

    @property
    def wall(self) -> str:
        """The day and time of day of an ISO date, as far as the minute."""
        return self.text[:16].replace(" ", "T")


def _readable(texts: Iterable[str | None], zone: tzinfo, now: datetime, language: str | None) -> list[_Claim]:
    read = [(text, read_date(text, zone, now, language=language)) for text in texts if text]
    return [_Claim(text.strip(), one.at, one.known) for text, one in read if one.at is not None]


def published_at(moment: datetime, known: PublishedKnown, now: datetime) -> Published:
    """An aware time that was read elsewhere; absent if it is impossible."""
    return _plausible(moment.astimezone(UTC), known, now)


def _instant(day: date, clock: time, written: Written, zone: tzinfo, now: datetime) -> Published:
    local = datetime.combine(day, clock)
    named = _zone(written.zone, local, zone) if written.zone else None
    known = PublishedKnown.EXACT if named else PublishedKnown.ZONE_ASSUMED
    return _plausible(local.replace(tzinfo=named or zone).astimezone(UTC), known, now)


def _day(day: date, zone: tzinfo, now: datetime) -> Published:
    """A day counts as its noon, so that it is the same day for nearly all readers; today counts as now."""
    begins = datetime.combine(day, time(0), zone).astimezone(UTC)
    noon = datetime.combine(day, time(12), zone).astimezone(UTC)
    return _plausible(min(noon, max(now, begins)), PublishedKnown.DAY, now)


def _epoch(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)


def _plausible(at: datetime, known: PublishedKnown, now: datetime) -> Published:
    return Published(at, known) if EARLIEST <= at <= now + AHEAD else ABSENT


def _zone(name: str, local: datetime, own: tzinfo) -> tzinfo | None:
    offset = _OFFSET.fullmatch(name)
    if offset is None:
        return zone_named(name, local, own)
    hours, minutes = int(offset[2]), int(offset[3] or 0)
    if hours > 14 or minutes > 59:
        return None
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if offset[1] == "-" else span)
