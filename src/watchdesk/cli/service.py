"""`run` and `once`: the service, and a single pass of it.

See `watchdesk.service` for when each step runs, and how.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import assert_never

import click

from watchdesk import sources
from watchdesk.app import Configuration, build_plan, channels_of, open_records
from watchdesk.cli.json_documents import delivery_document, found_document, report_document
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
    utc_text,
)
from watchdesk.cli.waiting import Waiting, waiting_matches
from watchdesk.cli.words import counted
from watchdesk.delivery import lease_owner_name
from watchdesk.errors import StorageError, UnusableStorage
from watchdesk.model import Delivery, DeliveryState, Source
from watchdesk.notices.service import PassWithoutDatabase
from watchdesk.plan import Plan
from watchdesk.polling.report import PollOutcome, PollReport
from watchdesk.ports import Store
from watchdesk.service.liveness import record_pass
from watchdesk.store import open_store

_OUTBOX = 1000
"""Deliveries that `once --send --json` lists, newest first."""


@click.command
@pass_session
def run(session: Session) -> None:
    """Runs the service in the foreground: polls, matches, sends.

    SIGHUP reloads the configuration; SIGTERM finishes what is in progress and stops.
    """
    from watchdesk.service.life import serve  # noqa: PLC0415 - its clock is heavy, and only the service has one

    state_directory = session.state_directory

    def opened(configuration: Configuration) -> Store:
        return open_store(configuration.settings.storage, state_directory)

    try:
        serve(session.proven_configuration, opened, state_directory, utc_now, session.environment)
    except UnusableStorage:
        raise
    except StorageError as error:  # such as a full disk: the service may be started again later
        click.echo(f"watchdesk: {error}", err=True)
        fail(1)


@click.command
@click.option("--all", "every", is_flag=True, help="Poll every source, not only those that are due.")
@click.option("--send", is_flag=True, help="Compose and send the digests that are due, too.")
@json_option
@pass_session
def once(session: Session, *, every: bool, send: bool, as_json: bool) -> None:
    """Makes one pass: polls what is due, matches, and with --send, sends what is due."""
    rng = random.Random()
    configuration, state_directory = session.proven_configuration(), session.state_directory
    with (
        _reported_directly(session, configuration, send=send),
        open_records(configuration, state_directory) as records,
    ):
        store, configured = records.store, configuration.settings.sources.values()
        due, appointments = [s for s in configured if not s.paused], store.appointments()
        if not every:
            due = list(sources.due(configured, appointments, utc_now()))
        deliveries: Sequence[Delivery] = ()
        waiting: Sequence[Waiting] = ()
        if send or every or due or store.pages_to_fetch(utc_now(), limit=1):
            plan = build_plan(configuration, state_directory)
            first = [s for s in due if s.id not in appointments]
            reports = _polled(session, plan, store, due, first, rng, every_page=every)
            if send:
                deliveries, waiting = _send(plan, store, rng), waiting_matches(plan, store)
        else:  # what polls is heavy, and most passes that cron starts have nothing to do
            channels_of(configuration, state_directory)  # fails where a plan would
            store.know_digests(list(configuration.settings.digests), utc_now())
            reports = [PollReport(source.id, PollOutcome.SKIPPED) for source in configured]
        outbox = store.deliveries(limit=_OUTBOX) if send and as_json else ()
    if as_json:
        print_json(_document(reports, outbox, waiting))
    else:
        _print(reports, deliveries, waiting)
    record_pass(session.state_directory, utc_now())
    failed = any(report.outcome is PollOutcome.FAILED for report in reports)
    if failed or any(delivery.state is not DeliveryState.SENT for delivery in deliveries):
        fail(1)


def _polled(
    session: Session,
    plan: Plan,
    store: Store,
    due: Sequence[Source],
    first: Sequence[Source],
    rng: random.Random,
    *,
    every_page: bool,
) -> Sequence[PollReport]:
    """Polls what is due, with a progress bar on a terminal. `first`: those that were never polled."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415 - as below

    from watchdesk.service import poll_now, reader_for  # noqa: PLC0415 - heavy, and often nothing is due

    columns = TextColumn("polling"), BarColumn(), MofNCompleteColumn()
    progress_bar = Progress(*columns, console=stderr(), transient=True)
    with reader_for(len(due), first) as read, progress_bar as progress:
        task = progress.add_task("polling", total=len(due))
        return poll_now(
            replace(plan, read=read),
            store,
            due,
            utc_now,
            rng,
            lambda _: progress.advance(task),
            every_page=every_page,
            says_failures=session.log_is_for_programs,  # people read them in the answer
        )


@contextmanager
def _reported_directly(session: Session, configuration: Configuration, *, send: bool) -> Iterator[None]:
    """Tells the operators without the outbox if a pass that sends cannot use the database."""
    try:
        yield
    except StorageError as error:
        if send:
            from watchdesk.service.direct_reporting import DirectReporter  # noqa: PLC0415 - as above

            plan = build_plan(configuration, session.state_directory)
            DirectReporter(session.state_directory, utc_now).report(plan, [PassWithoutDatabase(str(error))])
        raise


def _send(plan: Plan, store: Store, rng: random.Random) -> Sequence[Delivery]:
    """The deliveries that this pass made or attempted, in their present state."""
    from watchdesk.service import send_now  # noqa: PLC0415 - as above

    made, attempted = send_now(plan, store, lease_owner_name(), utc_now, rng)
    digest_ids, ids = {digest.id for digest in made}, {report.delivery.id for report in attempted}
    return [row for row in store.deliveries() if row.id in ids or row.digest_id in digest_ids]


def _document(
    reports: Sequence[PollReport], deliveries: Sequence[Delivery], waiting: Sequence[Waiting]
) -> dict[str, object]:
    return {
        "sources": [report_document(report) for report in reports],
        "articles": sum(report.new_articles for report in reports),
        "matches": [found_document(found) for report in reports for found in report.matches],
        "deliveries": [delivery_document(delivery) for delivery in deliveries],
        "waiting": [
            {
                "digest": one.digest,
                "matches": one.matches,
                "until": utc_text(one.until) if isinstance(one.until, datetime) else None,
                "because": None if isinstance(one.until, datetime) else one.until,
            }
            for one in waiting
        ],
    }


def _print(reports: Sequence[PollReport], deliveries: Sequence[Delivery], waiting: Sequence[Waiting]) -> None:
    polled = [report for report in reports if report.outcome is not PollOutcome.SKIPPED]
    lines: list[Line] = [(f"{report.source_id:<24} {_said(report)}", None) for report in polled]
    for report in reports:
        for found in report.matches:
            lines.append((f"\n{found.match.rule}  {found.match.score:.2f}", "bold"))
            lines += [(found.article.title, None), (found.article.url or "", "dim")]
            if not found.digests:
                why = f"watchdesk explain {found.match.rule} {found.article.id}"
                lines.append((f"waits for no digest; to see why: {why}", None))
    lines += [(f"{d.digest_name} → {d.channel}: {d.state}", None) for d in deliveries]
    lines += [(one.sentence, None) for one in waiting]
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
        case PollOutcome.UNCHANGED | PollOutcome.SKIPPED:
            return str(report.outcome)
        case _:
            assert_never(report.outcome)
