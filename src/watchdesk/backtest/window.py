"""The period that a backtest, or a report on rules, covers."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """From `since` to `until`, with days in the desk's zone."""

    since: datetime
    until: datetime
    zone: ZoneInfo
    oldest: datetime | None = None
    """When the oldest article in the window was first seen; None when it has no articles."""

    @property
    def days(self) -> float:
        """Days that the archive covers, for rates per day; at least 1."""
        start = max(self.since, self.oldest or self.since)
        return max((self.until - start) / _DAY, 1.0)

    def day(self, moment: datetime) -> date:
        """The day of a moment in the desk's zone."""
        return moment.astimezone(self.zone).date()

    def every_day(self) -> list[date]:
        """Each day that the archive covers, oldest first."""
        first, last = self.day(max(self.since, self.oldest or self.since)), self.day(self.until)
        return [first + number * _DAY for number in range((last - first).days + 1)]
