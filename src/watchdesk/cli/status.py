"""`status`: a one-screen summary, for people and for monitoring."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.markup import escape

from watchdesk import digests, sources
from watchdesk.app import Desk
from watchdesk.cli.session import (
    Session,
    fail,
    json_option,
    pass_session,
    print_json,
    stdout,
    utc_now,
    utc_text,
)
from watchdesk.cli.words import ago, counted, day_and_time, printable, span
from watchdesk.config.cron import CronSchedule
from watchdesk.config.settings import DigestSettings
from watchdesk.model import DeliveryState, DigestMark, Standing
from watchdesk.pipeline import Plan, digest_troubles, failing_channel_troubles, template_troubles

_MOST_NAMES = 5
_LITTLE_ROOM = 20_000_000
"""Bytes: less than this, and the database cannot grow by what a busy hour brings."""
_PATIENCE = timedelta(minutes=5)
"""A channel that takes nothing is shown here sooner than the operators are told of it."""
_MOST_DIGESTS = 10
_DAY = timedelta(days=1)
SILENT = timedelta(seconds=50)
"""A service that has not said it is alive for this long is taken to be down: it says so each 15 s."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What `status` shows."""

    running: bool
    heartbeat: datetime | None
    sources: int
    unhealthy: tuple[str, ...]
    articles_today: int
    waiting: dict[str, int]
    next_digests: dict[str, datetime | str]
    """By digest: when it goes out by its schedule; without one, upon what."""
    zone: ZoneInfo
    deliveries_waiting: int
    deliveries_dead: int
    stopped_channels: dict[str, str]
    configuration_refused: str | None
    failed_digests: tuple[str, ...]
    failing_channels: tuple[str, ...]
    disk_is_full: bool
    """That of the state directory."""
    silent: tuple[tuple[str, datetime], ...]
    """Rules that are muted, and until when."""
    broken_templates: tuple[str, ...]
    archive_only: Mapping[Standing | None, int]
    """Articles of the last 24 hours that rules found, and that alert nobody."""
    too_wide: Mapping[str, int]
    """Rules that found more in the last 24 hours than anyone reads."""

    @property
    def needs(self) -> Sequence[str]:
        """What needs a person, one sentence each."""
        wants = []
        if self.heartbeat and not self.running:
            wants.append(
                "the service has stopped without saying so, or cannot write (a full disk?); look at its log"
            )
        if self.unhealthy:
            wants.append(f"failing: {_first_of(self.unhealthy)}; see `watchdesk sources`")
        if self.deliveries_dead:
            dead = counted(self.deliveries_dead, "delivery", "deliveries")
            wants.append(f"{dead} could not be sent; see `watchdesk deliveries --state dead`")
        wants += [
            f"channel {name} is stopped: {reason}; when mended: watchdesk deliveries retry --channel {name}"
            for name, reason in self.stopped_channels.items()
        ]
        if self.configuration_refused:
            # The note begins with its time; the lines that draw the mistakes are for `check`.
            first = self.configuration_refused.partition(" ")[2].splitlines()[0]
            wants.append(f"the last reload was refused: {first}; see `watchdesk check`")
        wants += [*self.failing_channels, *self.broken_templates, *self.failed_digests]
        if self.disk_is_full:
            wants.append("the disk of the state directory is full: make room; nothing is lost by then")
        return wants


@click.command
@json_option
@pass_session
def status(session: Session, *, as_json: bool) -> None:
    """A one-screen summary; exits 1 when something needs a person."""
    with session.desk() as desk:
        summary = _summary(desk, session.state_directory, utc_now())
    if as_json:
        print_json(_document(summary))
    else:
        _print(summary)
    if summary.needs:
        fail(1)


def _summary(desk: Desk, state_directory: Path, now: datetime) -> Summary:
    store, settings = desk.store, desk.plan.settings
    notes = store.notes()
    beat = notes.get("service.heartbeat")
    heartbeat = datetime.fromisoformat(beat) if beat else None
    healths = sources.health(settings.sources.values(), store.source_states(), now)
    silent = digests.silent_until(store.silences(now), now)
    marks: dict[str, DigestMark] = {n: m.without(silent) for n, m in store.digest_marks().items()}
    counts = store.delivery_counts()
    return Summary(
        running=heartbeat is not None and abs(now - heartbeat) < SILENT,
        heartbeat=heartbeat,
        sources=len(settings.sources),
        unhealthy=tuple(health.source_id for health in healths if not health.healthy),
        articles_today=sum(store.article_counts(now - timedelta(days=1)).values()),
        waiting={name: marks[name].waiting if name in marks else 0 for name in settings.digests},
        next_digests={name: _next(desk.plan, digest, now) for name, digest in settings.digests.items()},
        zone=settings.timezone,
        deliveries_waiting=counts.get(DeliveryState.WAITING, 0) + counts.get(DeliveryState.LEASED, 0),
        deliveries_dead=counts.get(DeliveryState.DEAD, 0),
        stopped_channels=dict(store.stopped_channels()),
        configuration_refused=notes.get("configuration.refused"),
        failing_channels=tuple(
            trouble.sentence for trouble in failing_channel_troubles(store.failing_channels(), now, _PATIENCE)
        ),
        disk_is_full=_is_full(state_directory),
        silent=tuple(silent.items()),
        failed_digests=tuple(trouble.sentence for trouble in digest_troubles(store)),
        broken_templates=tuple(trouble.sentence for trouble in template_troubles(store)),
        archive_only=store.archive_only(now - _DAY),
        too_wide=digests.widest(store.found(list(desk.plan.rules.labels), [(now - _DAY, now)])),
    )


def _next(plan: Plan, digest: DigestSettings, now: datetime) -> datetime | str:
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


def _is_full(directory: Path) -> bool:
    usage = shutil.disk_usage(directory)
    return usage.free < min(_LITTLE_ROOM, usage.total // 20)


def _first_of(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def _document(summary: Summary) -> dict[str, object]:
    return {
        "running": summary.running,
        "heartbeat": utc_text(summary.heartbeat),
        "sources": {"configured": summary.sources, "unhealthy": list(summary.unhealthy)},
        "articles_last_24h": summary.articles_today,
        "matches_waiting": summary.waiting,
        "next_digests": {
            name: utc_text(when) if isinstance(when, datetime) else None
            for name, when in summary.next_digests.items()
        },
        "deliveries": {"waiting": summary.deliveries_waiting, "dead": summary.deliveries_dead},
        "stopped_channels": summary.stopped_channels,
        "silent": {rule: utc_text(until) for rule, until in summary.silent},
        "archive_only_last_24h": {str(s or "not-recorded"): n for s, n in summary.archive_only.items()},
        "too_wide": dict(summary.too_wide),
        "needs": list(summary.needs),
    }


def _print(summary: Summary) -> None:
    console, now = stdout(), utc_now()
    alive = f"running, alive {ago(summary.heartbeat, now)}" if summary.running else "not running"
    console.print(f"service     {alive}")
    console.print(f"sources     {summary.sources}, {len(summary.unhealthy) or 'none'} failing")
    console.print(f"articles    {summary.articles_today:,} in the last 24 hours")
    if summary.archive_only:
        kept = counted(sum(summary.archive_only.values()), "match", "matches")
        console.print(f"            {kept} too old to be reported, and in the archive only")
    for rule, found in islice(summary.too_wide.items(), _MOST_NAMES):
        console.print(
            f"too wide    {rule}: {found:,} articles in 24 hours, too many to read: watchdesk rules",
            markup=False,
            soft_wrap=True,
        )
    for name, waiting in islice(summary.waiting.items(), _MOST_DIGESTS):
        when = summary.next_digests[name]
        then = f"goes out {day_and_time(when, now, summary.zone)}" if isinstance(when, datetime) else when
        waits = counted(waiting, "match", "matches") if waiting else "nothing"
        console.print(f"digest      {name}: {waits} waiting, {then}", markup=False, soft_wrap=True)
    for rule, until in islice(summary.silent, _MOST_NAMES):
        when = day_and_time(until, now, summary.zone)
        console.print(f"silent      {rule} until {when}", markup=False, soft_wrap=True)
    if len(summary.waiting) > _MOST_DIGESTS:
        console.print(f"            and {counted(len(summary.waiting) - _MOST_DIGESTS, 'more digest')}")
    console.print(f"deliveries  {summary.deliveries_waiting} waiting, {summary.deliveries_dead} dead")
    for need in summary.needs:
        console.print(f"\n[bold red]![/] {escape(printable(need))}", soft_wrap=not console.is_terminal)
    if not summary.needs:
        console.print("\nnothing needs a person", style="green")
