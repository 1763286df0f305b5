"""`once`: a single pass of what the service does."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import assert_never

import click

from watchdesk import sources
from watchdesk.app import build_plan, channels_of, open_records, storage_address
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
from watchdesk.config.kept_folders import KeptFolders
from watchdesk.config.kept_outline import KeptOutline
from watchdesk.configuration import Configuration, keep_folders
from watchdesk.delivery import lease_owner_name
from watchdesk.documents.deliveries import delivery_document
from watchdesk.documents.polls import found_document, report_document
from watchdesk.documents.waiting import Waiting, waiting_matches
from watchdesk.documents.words import counted, utc_text
from watchdesk.errors import StorageError
from watchdesk.logger import get_logger
from watchdesk.model import Delivery, DeliveryState, Source
from watchdesk.notices import Cause
from watchdesk.notices.service import Happened, PassWithoutDatabase
from watchdesk.plan import Plan
from watchdesk.polling.report import PollOutcome, PollReport
from watchdesk.ports import Store
from watchdesk.service.changes import most_gone
from watchdesk.service.liveness import record_pass
from watchdesk.service.refusals import last_in_force, refuse_what_vanished
from watchdesk.store import open_store
from watchdesk.store.open_file import FileStamp, stamp_of

log = get_logger(__name__)

_PAGES = 100
"""Articles' own pages that are counted: more make no difference to how they are asked for."""
_UPKEEP = 1.0
"""Seconds that a pass spends on chores, at most."""
_OUTBOX = 1000
"""Deliveries that `once --send --json` lists, newest first."""


@click.command
@click.option("--all", "every", is_flag=True, help="Poll every source, not only those that are due.")
@click.option("--send", is_flag=True, help="Compose and send the digests that are due, too.")
@json_option
@pass_session
def once(session: Session, *, every: bool, send: bool, as_json: bool) -> None:
    """Makes one pass: polls what is due, matches, and with --send, sends what is due."""
    configuration, state_directory = session.proven_configuration(), session.state_directory
    outline = KeptOutline(state_directory)
    was_in_force = last_in_force(outline)
    refuse_what_vanished(configuration, was_in_force, state_directory)
    before = stamp_of(Path(storage_address(configuration, state_directory)))
    with _reported_directly(session, configuration, send=send):
        with open_records(configuration, state_directory) as records:
            _keep_in_force(configuration, outline, KeptFolders(state_directory))
            gone = most_gone(was_in_force, configuration.outline) if was_in_force else ()
            if older := records.store.older_copy:
                records.store.stamp()  # so that it is said once
            for what in (*([older] if older else []), *gone):
                log.warning("something needs a look", what=what)
                if send:
                    _report_directly(session, configuration, Happened(utc_now(), what))
            due = _due(configuration, records.store, every=every)
            idle = not (send or every or due.sources or due.pages)
            if idle:  # what polls is heavy, and most passes that cron starts have nothing to do
                channels_of(configuration, state_directory)  # fails where a plan would
                records.store.know_digests(list(configuration.settings.digests), utc_now())
        # The database is closed while the process is forked, and opened again.
        done = _Pass(_skipped(configuration)) if idle else _made(session, configuration, due, send=send)
    if as_json:
        print_json(_document(done.reports, done.outbox, done.waiting))
    else:
        _print(done.reports, done.deliveries, done.waiting)
    _keep_up(configuration, state_directory, before)
    record_pass(session.state_directory, utc_now())
    failed = any(report.outcome is PollOutcome.FAILED for report in done.reports)
    if (
        configuration.refused_folders
        or failed
        or any(delivery.state is not DeliveryState.SENT for delivery in done.deliveries)
    ):
        fail(1)


def _keep_in_force(configuration: Configuration, outline: KeptOutline, folders: KeptFolders) -> None:
    """For a pass at which files have mistakes or were cut off."""
    try:
        outline.keep(configuration.outline)
        keep_folders(configuration, folders)
    except OSError as error:
        log.error("what is in force could not be kept; it is tried again", why=error.strerror or str(error))


@dataclass(frozen=True, slots=True)
class _Due:
    """What a pass has to poll."""

    sources: Sequence[Source]
    first: Sequence[Source]
    """Those that were never polled."""
    pages: int
    """Articles' own pages that are due, some of them."""
    every: bool


@dataclass(frozen=True, slots=True)
class _Pass:
    """What came of a pass."""

    reports: Sequence[PollReport]
    deliveries: Sequence[Delivery] = ()
    waiting: Sequence[Waiting] = ()
    outbox: Sequence[Delivery] = ()


def _due(configuration: Configuration, store: Store, *, every: bool) -> _Due:
    configured, appointments = configuration.settings.sources.values(), store.appointments()
    due = [source for source in configured if not source.paused]
    if not every:
        due = list(sources.due(configured, appointments, utc_now()))
    first = [source for source in due if source.id not in appointments]
    return _Due(due, first, len(store.pages_to_fetch(utc_now(), limit=_PAGES)), every)


def _keep_up(configuration: Configuration, state_directory: Path, before: FileStamp | None) -> None:
    """Does what the service's upkeep process does, as far as it gets in a moment.

    `before`: the file of the database, from before the pass.
    """
    from watchdesk.service.liveness.damage import CheckFile, begun, passed  # noqa: PLC0415 - a service has its own
    from watchdesk.service.upkeep.chores import Workplace, chores  # noqa: PLC0415
    from watchdesk.service.upkeep.rounds import run_once  # noqa: PLC0415

    path, check = Path(storage_address(configuration, state_directory)), CheckFile(state_directory)
    check.change(lambda state: begun(state, before, stamp_of(path), utc_now()))
    outcomes: Mapping[str, Exception | None]
    try:
        with closing(open_store(configuration.settings.storage, state_directory)) as store:
            place = Workplace(store, configuration, utc_now)
            if any(rule.backfill for rule in configuration.rules.rules):
                from watchdesk.service.upkeep.backfilling import run_to_end  # noqa: PLC0415

                run_to_end(place)  # or the next pass would begin it anew
            outcomes = run_once(place, chores(state_directory), _UPKEEP)
            store.started_well()
    except StorageError as unusable:  # the pass itself is done
        outcomes = {"upkeep": unusable}
    stamp = stamp_of(path)
    check.change(lambda state: passed(state, before, stamp))
    for chore, error in outcomes.items():
        if error is not None:
            log.warning("a chore failed; the next pass tries it again", chore=chore, why=str(error))


def _skipped(configuration: Configuration) -> Sequence[PollReport]:
    return [PollReport(source.id, PollOutcome.SKIPPED) for source in configuration.settings.sources.values()]


def _made(session: Session, configuration: Configuration, due: _Due, *, send: bool) -> _Pass:
    """Polls, with a progress bar on a terminal, and sends if so told."""
    from watchdesk.service import PassProcesses, hired, poll_now  # noqa: PLC0415 - heavy, and often nothing is due

    rng, state_directory = random.Random(), session.state_directory
    tasks = len(due.sources) + due.pages
    with (
        closing(PassProcesses(configuration, state_directory, utc_now, tasks, due.first)) as processes,
        open_records(configuration, state_directory) as records,
    ):
        records.store.stamp()
        hosts = sources.hosts_by_clock(configuration.settings.polling)
        plan = replace(
            build_plan(configuration, state_directory, hosts, processes.trust), read=processes.reading
        )
        with (
            hired(processes, plan, hosts, records.store) as workforce,
            _progress(len(due.sources)) as advance,
        ):
            reports = poll_now(
                plan,
                records.store,
                due.sources,
                utc_now,
                rng,
                lambda _: advance(),
                every_page=due.every,
                says_failures=session.log_is_for_programs,  # people read them in the answer
                workforce=workforce,
            )
        if not send:
            return _Pass(reports)
        deliveries = _send(plan, records.store, rng, state_directory)
        outbox = records.store.deliveries(limit=_OUTBOX)
        return _Pass(reports, deliveries, waiting_matches(plan, records.store, utc_now()), outbox)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], object]]:
    """A bar on a terminal, and how it advances."""
    console = stderr()
    if not console.is_terminal:
        yield lambda: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415 - heavy

    columns = TextColumn("polling"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("polling", total=total)
        yield lambda: progress.advance(task)


@contextmanager
def _reported_directly(session: Session, configuration: Configuration, *, send: bool) -> Iterator[None]:
    """Tells the operators without the outbox if a pass that sends cannot use the database."""
    try:
        yield
    except StorageError as error:
        if send:
            _report_directly(session, configuration, PassWithoutDatabase(str(error)))
        raise


def _report_directly(session: Session, configuration: Configuration, cause: Cause) -> None:
    from watchdesk.service.direct_reporting import DirectReporter  # noqa: PLC0415 - as above

    plan = build_plan(configuration, session.state_directory)
    DirectReporter(session.state_directory, utc_now).report(plan, [cause])


def _send(plan: Plan, store: Store, rng: random.Random, state_directory: Path) -> Sequence[Delivery]:
    """The deliveries that this pass made or attempted, in their present state."""
    from watchdesk.service import send_now  # noqa: PLC0415 - as above

    made, attempted = send_now(plan, store, lease_owner_name(), utc_now, rng, state_directory)
    digest_ids, ids = {digest.id for digest in made}, {report.delivery.id for report in attempted}
    return store.deliveries_of(ids, digest_ids)


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
    lines += [(one.sentence(utc_now()), None) for one in waiting]
    articles, matches = sum(r.new_articles for r in reports), sum(len(r.matches) for r in reports)
    failed = sum(report.outcome is PollOutcome.FAILED for report in polled)
    how_many = "all" if failed == len(polled) else f"{failed:,}"
    failures = f" ({how_many} failed)" if failed else ""
    summary = (
        f"\n{counted(len(polled), 'source')} polled{failures}, {counted(articles, 'new article')}, "
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
