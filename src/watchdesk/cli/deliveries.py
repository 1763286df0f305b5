"""`deliveries`: the outbox, with `retry` and `drop` for what did not go out.

`delivery_rows` lays out a delivery for the terminal.
"""

from collections.abc import Sequence

import click

from watchdesk.app import Records
from watchdesk.cli.delivery_rows import delivery_lines, stopped_lines
from watchdesk.cli.selection import dead_deliveries, deliveries_by_id, refuse_unknown
from watchdesk.cli.session import (
    Line,
    Session,
    desk_now,
    fail,
    json_option,
    pass_session,
    print_json,
    print_lines,
    stdout,
    utc_now,
)
from watchdesk.config.settings import OPERATORS
from watchdesk.delivery.repairing import drop_deliveries, retry_deliveries
from watchdesk.documents.deliveries import delivery_document
from watchdesk.documents.words import counted
from watchdesk.model import Delivery, DeliveryState


@click.group(invoke_without_command=True)
@click.option("--state", "state", type=click.Choice([str(state) for state in DeliveryState]))
@click.option("--channel", metavar="NAME", help="Only to this channel.")
@click.option("--digest", metavar="NAME", help="Only of this digest; operators: the service's own notices.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@json_option
@click.pass_context
def deliveries(
    context: click.Context,
    state: str | None,
    channel: str | None,
    digest: str | None,
    limit: int,
    *,
    as_json: bool,
) -> None:
    """The outbox, newest first; with `retry` and `drop` for what did not go out."""
    if context.invoked_subcommand:
        return
    session = context.ensure_object(Session)
    with session.records(session.readable_configuration(), reads=True) as desk:
        wanted = DeliveryState(state) if state else None
        rows = desk.store.deliveries(wanted, limit, channel=channel, digest=digest)
        if not rows:
            refuse_unknown("channel", channel, desk.configuration.settings.channels)
            refuse_unknown("digest", digest, [*desk.configuration.settings.digests, OPERATORS])
        stopped = desk.store.stopped_channels()
        zone = desk.configuration.settings.timezone
    if as_json:
        documents = [delivery_document(row, stopped) for row in rows]
        print_json({"deliveries": documents, "stopped_channels": dict(stopped)})
        return
    console = stdout()
    width = console.width if console.is_terminal else None
    filtered = state is not None or channel is not None or digest is not None
    lines = [*delivery_lines(rows, stopped, utc_now(), zone, width), *_ending(rows, limit, filtered=filtered)]
    for name, reason in stopped.items():
        if channel in (None, name):
            lines += stopped_lines(name, reason, width)
    print_lines(lines)


def _ending(rows: Sequence[Delivery], limit: int, *, filtered: bool) -> Sequence[Line]:
    if not rows:
        return [
            ("no such delivery" if filtered else "the outbox is empty: no digest has been made yet", None)
        ]
    more = "; there may be more, see --limit" if len(rows) == limit else ""
    lines: list[Line] = [("", None), (counted(len(rows), "delivery", "deliveries") + more, "dim")]
    if any(row.state is DeliveryState.DEAD for row in rows):
        lines.append(("to try the way to their channels: watchdesk doctor", "dim"))
    return lines


@deliveries.command
@click.argument("ids", nargs=-1, metavar="[ID]…")
@click.option("--channel", metavar="NAME", help="Every dead delivery to this channel, which is restarted.")
@click.option("--all", "every", is_flag=True, help="Every dead delivery; stopped channels are restarted.")
@pass_session
def retry(session: Session, ids: tuple[str, ...], channel: str | None, *, every: bool) -> None:
    """Retries dead or waiting deliveries at once, and restarts their channels.

    An ID may be shortened as long as it stays unique.
    """
    if bool(ids) + (channel is not None) + every != 1:
        raise click.UsageError("give one of: ids, --channel NAME for its dead ones, --all for every dead one")
    with session.records(session.readable_configuration()) as desk:
        if ids:
            chosen, unknown = deliveries_by_id(
                desk.store, ids, utc_now(), desk.configuration.settings.timezone
            )
            done = retry_deliveries(desk.store, chosen, desk_now(desk.store))
        else:
            _retry_dead(desk, channel)
            return
    _print_done(chosen, unknown, done, "due now")


def _retry_dead(desk: Records, channel: str | None) -> None:
    store = desk.store
    stopped = [name for name in store.stopped_channels() if channel in (None, name)]
    chosen = dead_deliveries(store, channel, desk.configuration.settings.channels)
    done = retry_deliveries(store, chosen, desk_now(store))
    for name in stopped:
        store.restart_channel(name)
        click.echo(f"the channel {name} accepts deliveries again")
    to = f" to {channel}" if channel else ""
    count = counted(len(done), "delivery", "deliveries")
    click.echo(f"{count}{to}: due now" if done else f"no delivery{to} is dead")


@deliveries.command
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@pass_session
def drop(session: Session, ids: tuple[str, ...]) -> None:
    """Drops dead or waiting deliveries, so that they are not sent.

    An ID may be shortened as long as it stays unique.
    """
    with session.records(session.readable_configuration()) as desk:
        chosen, unknown = deliveries_by_id(desk.store, ids, utc_now(), desk.configuration.settings.timezone)
        done = drop_deliveries(desk.store, chosen)
    _print_done(chosen, unknown, done, "dropped")


def _print_done(chosen: Sequence[Delivery], unknown: Sequence[str], done: Sequence[str], word: str) -> None:
    for delivery in chosen:
        about = f"{delivery.id[:8]} ({delivery.digest_name} → {delivery.channel})"
        if delivery.id in done:
            click.echo(f"{about}: {word}")
        else:
            click.echo(f"{about}: is {delivery.state}, so nothing was done", err=True)
    for given in unknown:
        click.echo(f"{given}: there is no such delivery; watchdesk deliveries shows their ids", err=True)
    if unknown or len(done) < len(chosen):
        fail(1)
