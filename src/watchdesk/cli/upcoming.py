"""When a digest goes out next, or upon what, in words and for programs."""

from datetime import datetime

from watchdesk import digests
from watchdesk.cli.words import span
from watchdesk.config.cron import CronSchedule
from watchdesk.config.settings import DigestSettings
from watchdesk.plan import Plan


def upcoming(plan: Plan, digest: DigestSettings, now: datetime) -> datetime | str:
    """When it goes out by its schedule; without one, upon what."""
    if digest.schedule:
        zone = plan.zone_of(digest)
        return CronSchedule.parse(digest.schedule).next_after(now, zone)
    if digest.quiet and digests.in_quiet_hours(digest.quiet, now, plan.zone_of(digest)):
        return f"held back until {digest.quiet.end:%H:%M}, the end of its quiet hours"
    if digest.spike:
        return f"goes out when a rule finds {digest.spike:g} times its usual"
    if digest.gather:
        return f"goes out {span(digest.gather)} after something matches"
    return "goes out as soon as something matches"
