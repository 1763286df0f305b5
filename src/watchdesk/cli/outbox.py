"""`digest` and `deliveries`: what would go out, and what did."""

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from watchdesk import digests
from watchdesk.app import Desk
from watchdesk.cli.documents import delivery_document
from watchdesk.cli.pages import write_page
from watchdesk.cli.session import Session, fail, json_option, pass_session, print_json, stdout, utc_now
from watchdesk.cli.values import DURATION
from watchdesk.cli.words import ago, counted, local
from watchdesk.config.settings import DigestSettings
from watchdesk.delivery import holder_name, send_due
from watchdesk.errors import UsageError
from watchdesk.model import Delivery, DeliveryState
from watchdesk.pipeline import compose_digest, make_digest


@click.command
@click.argument("name")
@click.option("--since", type=DURATION, metavar="AGE", help="Only matches this recent, such as 12h.")
@click.option(
    "--html", "html_file", type=click.Path(path_type=Path, dir_okay=False), help="Write it as a page."
)
@click.option("--open", "opened", is_flag=True, help="Show the page in the browser.")
@click.option("--send", is_flag=True, help="Send it now, without waiting for its time.")
@json_option
@pass_session
def digest(
    session: Session,
    name: str,
    since: timedelta | None,
    html_file: Path | None,
    *,
    opened: bool,
    send: bool,
    as_json: bool,
) -> None:
    """Shows what the next digest NAME would hold, without sending it."""
    if send and since:
        raise click.UsageError("--send sends everything that waits; --since only shows. Give one of the two.")
    with session.desk() as desk:
        plan, store, now = desk.plan, desk.store, utc_now()
        setting = plan.settings.digests.get(name)
        if setting is None:
            names = ", ".join(plan.settings.digests) or "none"
            raise UsageError(f"there is no digest '{name}' in watchdesk.yaml; there are: {names}")
        waiting = store.waiting(name)
        if since:
            waiting = [match for match in waiting if match.matched_at >= now - since]
        preview = compose_digest(plan, store, setting, waiting, now, "preview")
        rendered = digests.render(preview, plan.settings.timezone, plan.settings.language)
        failed = _send_now(desk, setting) if send else False
    if html_file or opened:
        page = html_file or session.state_directory / f"{name}.html"
        write_page(page, rendered.html, opened=opened)
    if as_json:
        click.echo(rendered.json)
    elif not html_file:
        click.echo(f"{rendered.subject}\n\n{rendered.text}")
    if failed:
        fail(1)


def _send_now(desk: Desk, setting: DigestSettings) -> bool:
    """Composes and sends; True when a delivery of it was not accepted."""
    plan, store = desk.plan, desk.store
    store.know_digests([setting.name], utc_now())
    made = make_digest(plan, store, setting, utc_now(), None)
    send_due(store, plan.channels, holder_name(), utc_now, random.Random(), plan.limits)
    ours = [d for d in store.deliveries() if made and d.digest_id == made.id]
    for delivery in ours:
        reason = f": {delivery.error}" if delivery.error else ""
        click.echo(f"{delivery.channel}: {delivery.state}{reason}", err=True)
    if not ours:
        click.echo("nothing waits for it, and it is not sent when empty", err=True)
    return any(delivery.state is not DeliveryState.SENT for delivery in ours)


@click.group(invoke_without_command=True)
@click.option("--state", "state", type=click.Choice([str(state) for state in DeliveryState]))
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@json_option
@click.pass_context
def deliveries(context: click.Context, state: str | None, limit: int, *, as_json: bool) -> None:
    """The outbox, newest first; with `retry` and `drop` for what did not go out."""
    if context.invoked_subcommand:
        return
    session = context.ensure_object(Session)
    with session.desk() as desk:
        rows = desk.store.deliveries(DeliveryState(state) if state else None, limit)
        stopped = desk.store.stopped_channels()
        zone = desk.plan.settings.timezone
    if as_json:
        print_json(
            {"deliveries": [delivery_document(row) for row in rows], "stopped_channels": dict(stopped)}
        )
        return
    console = stdout()
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("id", "digest", "channel", "state", "attempts", "when"):
        table.add_column(column, no_wrap=column == "id")
    for row in rows:
        when = f"sent {local(row.sent_at, zone)}" if row.sent_at else f"due {ago(row.due_at, utc_now())}"
        table.add_row(row.id, row.digest_name, row.channel, row.state, str(row.attempts), when)
    console.print(table)
    for row in rows:
        if row.error or row.note:
            console.print(f"\n[bold]{row.id}[/]: {escape(row.error or row.note or '')}", soft_wrap=True)
    for channel, reason in stopped.items():
        console.print(f"\n[bold]{channel}[/] is stopped: {escape(reason)}", soft_wrap=True)
    console.print(f"\n{counted(len(rows), 'delivery', 'deliveries')}")


@deliveries.command
@click.argument("delivery_ids", nargs=-1, required=True, metavar="ID…")
@pass_session
def retry(session: Session, delivery_ids: tuple[str, ...]) -> None:
    """Lets dead or waiting deliveries be tried again at once; restarts their channels."""
    with session.desk() as desk:
        known = {row.id: row for row in desk.store.deliveries()}
        done = desk.store.retry(delivery_ids, utc_now())
        for delivery_id in done:
            desk.store.restart_channel(known[delivery_id].channel)
    _tell_changed(delivery_ids, done, known, "due now")


@deliveries.command
@click.argument("delivery_ids", nargs=-1, required=True, metavar="ID…")
@pass_session
def drop(session: Session, delivery_ids: tuple[str, ...]) -> None:
    """Says that dead or waiting deliveries need not be sent."""
    with session.desk() as desk:
        known = {row.id: row for row in desk.store.deliveries()}
        done = desk.store.drop(delivery_ids)
    _tell_changed(delivery_ids, done, known, "dropped")


def _tell_changed(
    asked: tuple[str, ...], done: Sequence[str], known: Mapping[str, Delivery], word: str
) -> None:
    for delivery_id in asked:
        if delivery_id in done:
            click.echo(f"{delivery_id}: {word}")
        elif delivery_id in known:
            click.echo(f"{delivery_id}: is {known[delivery_id].state}, so nothing was done", err=True)
        else:
            click.echo(f"{delivery_id}: there is no such delivery", err=True)
    if set(done) != set(asked):
        fail(1)
