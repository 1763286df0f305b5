"""What waits for each digest, and when or on what the digest goes out next.

`digests.due` decides whether a digest is due.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from watchdesk import digests
from watchdesk.config.cron import CronSchedule
from watchdesk.config.settings import DigestSettings, Updates
from watchdesk.digesting.choosing import chosen
from watchdesk.documents.words import counted, day_and_time, span
from watchdesk.model import DigestMark
from watchdesk.plan import Configured
from watchdesk.ports import Store

DUE = "is due now"
"""The next pass of the service sends it, or `once --send`."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a digest after this pass."""

    digest: str
    matches: int
    until: datetime | str
    """When the digest goes out, or what it waits for, in words."""
    zone: ZoneInfo

    def sentence(self, now: datetime) -> str:
        """The same as a sentence."""
        count = counted(self.matches, "match", "matches")
        if isinstance(self.until, datetime):
            then = f"goes out {day_and_time(self.until, now, self.zone)}"
        else:
            then = self.until
        return f"{self.digest}: {count} {'waits' if self.matches == 1 else 'wait'}; it {then}"


def waiting_matches(configured: Configured, store: Store, now: datetime) -> Sequence[Waiting]:
    """What waits for each digest; matches of silent rules are listed by rule."""
    silent = digests.silent_until(store.silences(now), now)
    marks, found = store.digest_marks(), []
    for name, digest in configured.settings.digests.items():
        if name not in marks:
            continue
        mark, zone = marks[name], configured.zone_of(digest)
        heard = mark.without(silent)
        if heard.waiting:
            news = chosen(store, digest, heard, now, silent)[0]
            found.append(Waiting(name, heard.waiting, next_issue(configured, digest, now, news), zone))
        found += [
            Waiting(
                name,
                queue.waiting,
                f"is held back: the rule {rule} is silent until {day_and_time(silent[rule], now, zone)}",
                zone,
            )
            for rule, queue in mark.queues.items()
            if rule in silent
        ]
    return found


def next_issue(
    configured: Configured, digest: DigestSettings, now: datetime, news: DigestMark | None = None
) -> datetime | str:
    """When it goes out, as far as that is known; else what it waits for, in words.

    `news`: what is remembered of it, with the news alone in its queues.
    """
    zone = configured.zone_of(digest)
    if digest.schedule:
        return CronSchedule.parse(digest.schedule).next_after(now, zone)
    if news and news.waiting and not digest.spike:
        departure = digests.departure(digest, news, now, zone, configured.urgent_of(news.queues))
        if departure.at is not None and departure.reason is not digests.Reason.QUIET_HOURS:
            return departure.at if departure.at > now else DUE
    if digest.quiet and digests.in_quiet_hours(digest.quiet, now, zone):
        return f"is held back until {digest.quiet.end:%H:%M}, the end of its quiet hours"
    if digest.spike:
        return f"goes out when a rule finds {digest.spike:g} times its usual number"
    what = "a story that is new to it" if digest.updates is Updates.HOLD else "something"
    then = f"{what} matches"
    if digest.only:
        then = f"{digest.only.sources} sources tell {what.replace('something', 'a story')}"
    return f"goes out {span(digest.gather)} after {then}" if digest.gather else f"goes out as soon as {then}"
