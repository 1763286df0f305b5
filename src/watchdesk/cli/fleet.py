"""`fleet`: the machines that share the work of a desk on PostgreSQL."""

from collections.abc import Callable, Sequence
from datetime import datetime

import click

from watchdesk.cli.printing import Printer
from watchdesk.cli.session import Session, json_option, pass_session, print_json, utc_now
from watchdesk.cli.tables import print_table
from watchdesk.config.settings import Settings
from watchdesk.documents.fleet import (
    fleet_document,
    fleet_notes,
    lateness_in_words,
    states_in_words,
)
from watchdesk.documents.words import ago
from watchdesk.model.help_names import with_help
from watchdesk.model.hosts import FleetHost
from watchdesk.notices import trouble_of
from watchdesk.notices.fleet import other_files, work_missing
from watchdesk.store.fleet_hosts import fleet_hosts_and_time


@click.command
@json_option
@pass_session
def fleet(session: Session, *, as_json: bool) -> None:
    """Lists the machines that share the work: last heartbeat, shards held, polls a second, lateness."""
    settings = session.readable_configuration().settings
    hosts, now = fleet_hosts_and_time(settings.storage, session.named_state_directory)
    if as_json:
        print_json(fleet_document(hosts))
    elif not hosts:
        on_one = "this desk is on SQLite, so that one machine does its work"
        click.echo(on_one if settings.storage == "sqlite" else "no machine has joined a fleet")
    else:
        _print(hosts, settings, now or utc_now())


def _print(hosts: Sequence[FleetHost], settings: Settings, now: datetime) -> None:
    differ, states = other_files(hosts), states_in_words(hosts)
    columns: dict[str, Callable[[FleetHost], str]] = {
        "host": lambda host: host.name,
        "role": lambda host: host.role,
        "state": lambda host: states[host.id],
        "heartbeat": lambda host: ago(host.beat, now),
        "shards": lambda host: f"{host.shards:,}",
        "polls": lambda host: f"{host.pace:.1f}/s" if host.lives else "–",
        "p50": lambda host: lateness_in_words(host.lateness_p50 if host.lives else None),
        "p99": lambda host: lateness_in_words(host.lateness_p99 if host.lives else None),
    }
    if all(host.role == "all" for host in hosts):
        del columns["role"]
    if differ:
        columns["files"] = lambda host: host.configuration if host in differ else "–"
    print_table(Printer(), tuple(columns), [[cell(host) for cell in columns.values()] for host in hosts], 0)
    if differ:
        click.echo("machines go by different files: give each the same, and reload it (help: files-differ)")
    for cause in work_missing(hosts, settings):
        trouble = trouble_of(cause)
        click.echo(with_help(trouble.sentence, trouble.help))
    for note in fleet_notes(hosts, now):
        click.echo(note)
