"""`move`: a database from SQLite to PostgreSQL, or back."""

import shlex
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import click

from watchdesk.cli.progress import counted_rows
from watchdesk.cli.session import Session, json_option, pass_session, print_json
from watchdesk.documents.words import counted

_LOOK = 0.2
"""Seconds between two looks whether the service has stopped."""


@click.command
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@json_option
@pass_session
def move(session: Session, source: str, target: str, *, as_json: bool) -> None:
    """Copies a database from one place to another: sqlite[:PATH] to postgresql://…, or back.

    Every row is compared by counts and hashes before the copy counts, and FROM stays as it is. From sqlite to
    postgresql:// the service goes on while the copy is made; then the command says when to stop it, waits for
    that, and copies what has changed. Else it is refused while a service runs on either, and always where TO
    is not empty.
    """
    from watchdesk.config.looking import is_folder  # noqa: PLC0415 - help needs no database
    from watchdesk.keeping.moving import copy_beside_service, copy_database, look_at, made_folder  # noqa: PLC0415
    from watchdesk.service.lock import holder, only_service  # noqa: PLC0415
    from watchdesk.store.place import place_of  # noqa: PLC0415

    state = session.named_state_directory
    places = [place_of(written, state) for written in (source, target)]
    look_at(places[0])  # before anything is made for it
    made_folder(places[1])
    folders = {place.state_directory.resolve() for place in places if is_folder(place.state_directory)}
    served = places[0].state_directory.resolve()
    is_beside = places[0].is_file and not places[1].is_file and holder(served) is not None
    with ExitStack() as stack:
        for folder in sorted(folders - {served} if is_beside else folders):
            stack.enter_context(only_service(folder))

        def stopped(look: Callable[[], object]) -> None:
            _say_when_to_stop(served, holder(served))
            while holder(served) is not None:
                look()
                time.sleep(_LOOK)
            stack.enter_context(only_service(served))

        with counted_rows("move") as wrote:
            if is_beside:
                sums = copy_beside_service(places[0], places[1], stopped, wrote)
            else:
                sums = copy_database(places[0], places[1], wrote)
    if as_json:
        print_json({"from": places[0].shown, "to": places[1].shown, "tables": sums.document})
        return
    rows = sum(one.rows for one in sums.by_table.values())
    click.echo(f"{counted(rows, 'row')} of {places[0].shown} are in {places[1].shown}, and equal there.")
    starts = "start watchdesk"
    if places[1].is_file and places[1].state_directory.resolve() != state.resolve():
        starts += f" on its state directory: --state {shlex.quote(str(places[1].state_directory))}"
    click.echo(f"Next: write `storage: {places[1].written}` into watchdesk.yaml, and {starts}.")
    click.echo(f"{places[0].shown} is as it was; remove it once the new one has proved itself.")


def _say_when_to_stop(served: Path, process: int | None) -> None:
    named = f" (process {process})" if process else ""
    click.echo(
        f"All is copied but what changes from now on. Stop the watchdesk{named} that serves {served} now "
        "(systemctl stop watchdesk): the rest is copied as soon as it has stopped.",
        err=True,
    )
