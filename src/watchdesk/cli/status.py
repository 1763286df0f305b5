"""`status`: a one-screen summary, for people and for monitoring."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import click

from watchdesk import sources
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
from watchdesk.cli.words import ago, counted
from watchdesk.model import DeliveryState, DigestMark
from watchdesk.pipeline import template_troubles

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
    deliveries_waiting: int
    deliveries_dead: int
    stopped_channels: dict[str, str]
    configuration_refused: str | None
    broken_templates: tuple[str, ...]

    @property
    def needs(self) -> Sequence[str]:
        """What needs a person, one sentence each."""
        wants = []
        if self.heartbeat and not self.running:
            wants.append(
                "the service has stopped without saying so, or cannot write (a full disk?); look at its log"
            )
        if self.unhealthy:
            wants.append(f"failing: {', '.join(self.unhealthy)}; see `watchdesk sources`")
        if self.deliveries_dead:
            dead = counted(self.deliveries_dead, "delivery", "deliveries")
            wants.append(f"{dead} could not be sent; see `watchdesk deliveries --state dead`")
        wants += [f"channel {name} is stopped: {reason}" for name, reason in self.stopped_channels.items()]
        if self.configuration_refused:
            wants.append(f"the last reload was refused: {self.configuration_refused}")
        wants += self.broken_templates
        return wants


@click.command
@json_option
@pass_session
def status(session: Session, *, as_json: bool) -> None:
    """A one-screen summary; exits 1 when something needs a person."""
    with session.desk() as desk:
        summary = _summary(desk, utc_now())
    if as_json:
        print_json(_document(summary))
    else:
        _print(summary)
    if summary.needs:
        fail(1)


def _summary(desk: Desk, now: datetime) -> Summary:
    store, settings = desk.store, desk.plan.settings
    notes = store.notes()
    beat = notes.get("service.heartbeat")
    heartbeat = datetime.fromisoformat(beat) if beat else None
    healths = sources.health(settings.sources.values(), store.source_states(), now)
    marks: dict[str, DigestMark] = dict(store.digest_marks())
    deliveries = store.deliveries()
    open_states = (DeliveryState.WAITING, DeliveryState.LEASED)
    return Summary(
        running=heartbeat is not None and abs(now - heartbeat) < SILENT,
        heartbeat=heartbeat,
        sources=len(settings.sources),
        unhealthy=tuple(health.source_id for health in healths if not health.healthy),
        articles_today=sum(store.article_counts(now - timedelta(days=1)).values()),
        waiting={name: marks[name].waiting if name in marks else 0 for name in settings.digests},
        deliveries_waiting=sum(delivery.state in open_states for delivery in deliveries),
        deliveries_dead=sum(delivery.state is DeliveryState.DEAD for delivery in deliveries),
        stopped_channels=dict(store.stopped_channels()),
        configuration_refused=notes.get("configuration.refused"),
        broken_templates=tuple(trouble.sentence for trouble in template_troubles(store)),
    )


def _document(summary: Summary) -> dict[str, object]:
    return {
        "running": summary.running,
        "heartbeat": utc_text(summary.heartbeat),
        "sources": {"configured": summary.sources, "unhealthy": list(summary.unhealthy)},
        "articles_last_24h": summary.articles_today,
        "matches_waiting": summary.waiting,
        "deliveries": {"waiting": summary.deliveries_waiting, "dead": summary.deliveries_dead},
        "stopped_channels": summary.stopped_channels,
        "needs": list(summary.needs),
    }


def _print(summary: Summary) -> None:
    console = stdout()
    alive = f"running, alive {ago(summary.heartbeat, utc_now())}" if summary.running else "not running"
    console.print(f"service     {alive}")
    console.print(f"sources     {summary.sources}, {len(summary.unhealthy) or 'none'} failing")
    console.print(f"articles    {summary.articles_today:,} in the last 24 hours")
    for name, waiting in summary.waiting.items():
        console.print(f"digest      {name}: {counted(waiting, 'match', 'matches')} waiting", markup=False)
    console.print(f"deliveries  {summary.deliveries_waiting} waiting, {summary.deliveries_dead} dead")
    for need in summary.needs:
        console.print(f"\n[bold red]![/] {need}", soft_wrap=True)
    if not summary.needs:
        console.print("\nnothing needs a person", style="green")
