"""`fleet`: the machines that share the work of a desk on PostgreSQL."""

import click

from watchdesk.cli.printing import Printer
from watchdesk.cli.session import Session, json_option, pass_session, print_json, utc_now
from watchdesk.cli.tables import print_table
from watchdesk.documents.fleet import fleet_document, pace
from watchdesk.documents.words import ago, local
from watchdesk.store.fleet_hosts import fleet_hosts
from watchdesk.store.fleet_rows import FleetHost


@click.command
@json_option
@pass_session
def fleet(session: Session, *, as_json: bool) -> None:
    """Lists the machines that share the work: last heartbeat, shards held, polls a second."""
    settings = session.readable_configuration().settings
    hosts = fleet_hosts(settings.storage, session.named_state_directory)
    if as_json:
        print_json(fleet_document(hosts))
    elif not hosts:
        on_one = "this desk is on SQLite, so that one machine does its work"
        click.echo(on_one if settings.storage == "sqlite" else "no machine has joined a fleet")
    else:
        now = utc_now()
        rows = [
            (
                host.name,
                host.role,
                _state(host),
                local(host.since, settings.timezone),
                ago(host.beat, now),
                f"{host.shards:,}",
                f"{pace(host):.1f}/s",
                host.configuration,
            )
            for host in hosts
        ]
        print_table(
            Printer(), ("host", "role", "state", "since", "heartbeat", "shards", "polls", "files"), rows
        )
        if len({host.configuration for host in hosts if host.lives}) > 1:
            click.echo("machines go by different files: give each the same, and reload it")


def _state(host: FleetHost) -> str:
    if not host.lives:
        return "silent"
    return "leads" if host.leads else "works"
