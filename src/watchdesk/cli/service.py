"""`run` and `once`: the service, and a single pass of it."""

import random
from collections.abc import Sequence
from dataclasses import replace

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from watchdesk import sources
from watchdesk.app import Configuration
from watchdesk.cli.documents import delivery_document, found_document, report_document
from watchdesk.cli.session import (
    Line,
    Session,
    fail,
    json_option,
    pass_session,
    print_json,
    print_lines,
    stderr,
    utc_now,
)
from watchdesk.cli.words import counted
from watchdesk.delivery import holder_name
from watchdesk.model import Delivery, DeliveryState
from watchdesk.pipeline import Plan, PollOutcome, PollReport
from watchdesk.ports import Store
from watchdesk.service import poll_now, reader_for, send_now, serve
from watchdesk.store import open_store

_OUTBOX = 1000
"""Deliveries that `once --send --json` lists, the newest first."""


@click.command
@pass_session
def run(session: Session) -> None:
    """The service, in the foreground: polls, matches, sends.

    SIGHUP reads the configuration anew; SIGTERM finishes what is under way and stops.
    """
    state_directory = session.state_directory

    def opened(configuration: Configuration) -> Store:
        return open_store(configuration.settings.storage, state_directory)

    serve(session.proven_configuration, opened, state_directory, utc_now, session.environment)


@click.command
@click.option("--all", "every", is_flag=True, help="Poll every source, not only those that are due.")
@click.option("--send", is_flag=True, help="Compose and send the digests that are due, too.")
@json_option
@pass_session
def once(session: Session, *, every: bool, send: bool, as_json: bool) -> None:
    """One pass: poll what is due, match, and with --send, send what is due."""
    rng = random.Random()
    with session.desk(session.proven_configuration()) as desk:
        plan, store = desk.plan, desk.store
        configured = plan.settings.sources.values()
        due = [s for s in configured if not s.paused]
        if not every:
            due = list(sources.due(configured, store.appointments(), utc_now()))
        columns = TextColumn("polling"), BarColumn(), MofNCompleteColumn()
        with reader_for(len(due)) as read, Progress(*columns, console=stderr(), transient=True) as progress:
            task = progress.add_task("polling", total=len(due))
            polling = replace(plan, read=read)
            reports = poll_now(
                polling, store, due, utc_now, rng, lambda _: progress.advance(task), every_page=every
            )
        deliveries = _send(plan, store, rng) if send else ()
        outbox = store.deliveries(limit=_OUTBOX) if send and as_json else ()
    if as_json:
        print_json(_document(reports, outbox))
    else:
        _print(reports, deliveries)
    failed = any(report.outcome is PollOutcome.FAILED for report in reports)
    if failed or any(delivery.state is not DeliveryState.SENT for delivery in deliveries):
        fail(1)


def _send(plan: Plan, store: Store, rng: random.Random) -> Sequence[Delivery]:
    """What this pass made or attempted, as it is now."""
    made, attempted = send_now(plan, store, holder_name(), utc_now, rng)
    digest_ids, ids = {digest.id for digest in made}, {report.delivery.id for report in attempted}
    return [row for row in store.deliveries() if row.id in ids or row.digest_id in digest_ids]


def _document(reports: Sequence[PollReport], deliveries: Sequence[Delivery]) -> dict[str, object]:
    return {
        "sources": [report_document(report) for report in reports],
        "articles": sum(report.new_articles for report in reports),
        "matches": [found_document(found) for report in reports for found in report.matches],
        "deliveries": [delivery_document(delivery) for delivery in deliveries],
    }


def _print(reports: Sequence[PollReport], deliveries: Sequence[Delivery]) -> None:
    polled = [report for report in reports if report.outcome is not PollOutcome.SKIPPED]
    lines: list[Line] = [(f"{report.source_id:<24} {_said(report)}", None) for report in polled]
    for report in reports:
        for found in report.matches:
            lines.append((f"\n{found.match.rule}  {found.match.score:.2f}", "bold"))
            lines += [(found.article.title, None), (found.article.url or "", "dim")]
    lines += [(f"{d.digest_name} → {d.channel}: {d.state}", None) for d in deliveries]
    articles, matches = sum(r.new_articles for r in reports), sum(len(r.matches) for r in reports)
    summary = (
        f"\n{counted(len(polled), 'source')} polled, {counted(articles, 'new article')}, "
        f"{counted(matches, 'match', 'matches')}"
    )
    print_lines([*lines, (summary, None)])


def _said(report: PollReport) -> str:
    match report.outcome:
        case PollOutcome.NEW:
            updated = f", {report.updated_articles} updated" if report.updated_articles else ""
            return f"{report.new_articles} new{updated}"
        case PollOutcome.FAILED:
            return f"failed: {report.error}"
        case _:
            return str(report.outcome)
