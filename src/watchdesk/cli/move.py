"""`move`: a database from SQLite to PostgreSQL, or back."""

import shlex
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watchdesk.cli.progress import counted_rows
from watchdesk.cli.session import Session, json_option, pass_session, print_json
from watchdesk.documents.words import counted

if TYPE_CHECKING:
    from watchdesk.store.place import Place
    from watchdesk.store.table_rows import Sums

_LOOK = 0.2
"""Seconds between two looks whether the service has stopped."""


@click.command
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO", required=False)
@click.option("--undo", is_flag=True, help="Let FROM, which has moved, be worked on again.")
@json_option
@pass_session
def move(session: Session, source: str, target: str | None, *, undo: bool, as_json: bool) -> None:
    """Moves a desk's database from one place to another: sqlite[:PATH] to postgresql://…, or back.

    Every row is compared by counts and hashes before the copy counts. FROM stays, and is marked as moved:
    no watchdesk writes it any more. From sqlite to postgresql:// the service goes on while the copy is made;
    then the command says when to stop it, waits for that, and copies what has changed. Else it is refused
    while a service runs on either, and always where TO is not empty.
    """
    from watchdesk.keeping.moving import finish_move, look_at, made_folder  # noqa: PLC0415 - help needs no database
    from watchdesk.store.place import place_of  # noqa: PLC0415

    if undo == (target is not None):
        raise click.UsageError("give FROM and TO; or --undo and FROM alone, to work on that again")
    state = session.named_state_directory
    origin = place_of(source, state)
    if target is None:
        _undo(origin, as_json=as_json)
        return
    goal = place_of(target, state)
    look_at(origin)  # before anything is made for it
    if finish_move(origin, goal):
        _say_finished(origin, goal, as_json=as_json)
        return
    made_folder(goal)
    sums = _moved(origin, goal)
    if as_json:
        print_json({"from": origin.shown, "to": goal.shown, "tables": sums.document})
        return
    rows = sum(one.rows for one in sums.by_table.values())
    click.echo(f"{counted(rows, 'row')} of {origin.shown} are in {goal.shown}, and equal there.")
    starts = "start watchdesk"
    if goal.is_file and goal.state_directory.resolve() != state.resolve():
        starts += f" on its state directory: --state {shlex.quote(str(goal.state_directory))}"
    click.echo(f"Next: write `storage: {goal.written}` into watchdesk.yaml, and {starts}.")
    click.echo(
        f"{origin.shown} is marked as moved: no watchdesk writes it any more. Remove it once the new one has "
        f"proved itself; the way back is watchdesk move --undo {shlex.quote(source)}."
    )


def _moved(origin: "Place", goal: "Place") -> "Sums":
    from watchdesk.config.looking import is_folder  # noqa: PLC0415 - as above
    from watchdesk.keeping.moving import copy_beside_service, copy_database  # noqa: PLC0415
    from watchdesk.service.lock import holder, only_service  # noqa: PLC0415

    places = (origin, goal)
    folders = {place.state_directory.resolve() for place in places if is_folder(place.state_directory)}
    served = origin.state_directory.resolve()
    is_beside = origin.is_file and not goal.is_file and holder(served) is not None
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
                return copy_beside_service(origin, goal, stopped, wrote)
            return copy_database(origin, goal, wrote)


def _say_finished(origin: "Place", goal: "Place", *, as_json: bool) -> None:
    if as_json:
        print_json({"from": origin.shown, "to": goal.shown, "tables": {}})
        return
    click.echo(
        f"The move from {origin.shown} was interrupted at its very end, when every row was in {goal.shown} "
        f"and equal there. It has ended now: write `storage: {goal.written}` into watchdesk.yaml, and start "
        "watchdesk."
    )


def _undo(origin: "Place", *, as_json: bool) -> None:
    from watchdesk.keeping.moving import undo_move  # noqa: PLC0415 - as above

    there = undo_move(origin)
    if as_json:
        print_json({"undone": origin.shown, "was": there})
        return
    click.echo(
        f"{origin.shown} is worked on again, as it was when it moved. See that no watchdesk works on {there} "
        "any more: both would poll and send."
    )


def _say_when_to_stop(served: Path, process: int | None) -> None:
    named = f" (process {process})" if process else ""
    click.echo(
        f"All is copied but what changes from now on. Stop the watchdesk{named} that serves {served} now "
        "(systemctl stop watchdesk): the rest is copied as soon as it has stopped.",
        err=True,
    )
