"""`restore`: a desk from the file of a backup."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watchdesk.cli.beside_unit import as_owner
from watchdesk.cli.progress import counted_rows
from watchdesk.cli.session import Session, json_option, pass_session, print_json, utc_now
from watchdesk.errors import UsageError

if TYPE_CHECKING:
    from watchdesk.keeping.backup_file import Contents
    from watchdesk.keeping.restoring import ConfigRestored


@click.command
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", "replaces", is_flag=True, help="Set aside what is in the state directory.")
@click.option("--config-too", is_flag=True, help="Write the configuration over one that is there, too.")
@json_option
@pass_session
def restore(session: Session, file: Path, *, replaces: bool, config_too: bool, as_json: bool) -> None:
    """Restores a desk from FILE, which `backup` wrote, into a state directory that is empty.

    The configuration is written where there is none; else the files that differ are named. A backup that is
    not whole is refused before anything is changed, and so is a restore while a service runs.
    """
    from watchdesk.keeping.backup_file import Backup  # noqa: PLC0415 - help needs no database
    from watchdesk.keeping.restoring import Target, restore_config, restore_desk  # noqa: PLC0415
    from watchdesk.service.lock import only_service  # noqa: PLC0415

    with Backup(file) as backup:  # stays open: it may be a file that only root can read
        contents, now = backup.read_whole(), utc_now()
        config = _config_directory(session)
        target = Target(
            _storage(config, contents, config_too=config_too), session.state_directory_as_root, replaces
        )
        with only_service(target.state_directory), counted_rows("restore") as wrote:
            with as_owner(target.state_directory):
                aside = restore_desk(backup, contents, target, now, wrote)
            done = restore_config(contents, config, now, overwrites=config_too)
    if as_json:
        print_json(_document(target.state_directory, contents, aside, config, done))
    else:
        _print(target.state_directory, contents, aside, config, done)


def _config_directory(session: Session) -> Path:
    """The directory of the configuration; where there is none, the one that would be made."""
    from watchdesk.config.directory import VARIABLE, find_directory  # noqa: PLC0415 - as above
    from watchdesk.config.looking import is_folder, is_there  # noqa: PLC0415

    with suppress(UsageError):
        return find_directory(session.config, session.environment)
    named = session.config or Path(session.environment.get(VARIABLE) or "config")
    if is_there(named) and not is_folder(named):
        raise UsageError(
            f"{named} is a file, and the configuration is a directory; name one with --config DIR"
        )
    return named


def _storage(config: Path, contents: "Contents", *, config_too: bool) -> str:
    """Where the configuration that is there has the database; one that goes may be unreadable."""
    from watchdesk.config.looking import is_there  # noqa: PLC0415 - as above
    from watchdesk.config.salvage import salvage  # noqa: PLC0415

    if not is_there(config / "watchdesk.yaml"):
        return contents.manifest.storage
    storage = salvage(config).storage
    if storage is None and not config_too:
        raise UsageError(
            f"{config / 'watchdesk.yaml'} cannot be read: watchdesk check says why; --config-too writes "
            "that of the backup in its place"
        )
    return storage or contents.manifest.storage


def _rows(contents: "Contents") -> int:
    return sum(int(str(one["rows"])) for one in contents.sums.values())


def _print(
    state: Path, contents: "Contents", aside: str | None, config: Path, done: "ConfigRestored"
) -> None:
    made = contents.manifest.made_at[:16].replace("T", " ")
    click.echo(f"{_rows(contents):,} rows of {made} UTC are restored in {state}, and equal to the backup.")
    if aside:
        click.echo(f"What was there is in {aside}; delete it once you need it no more.")
    if done.written:
        click.echo(f"The configuration was written to {config}: {', '.join(done.written)}.")
    if done.set_aside:
        click.echo(f"The files before are in {done.set_aside}.")
    if done.differs:
        click.echo(f"The configuration in {config} was left as it is; the backup has others of:")
        for name in done.differs:
            click.echo(f"  {name}")
    click.echo("Digests that were sent after the backup was made may be sent again: see docs/keeping.md.")


def _document(
    state: Path, contents: "Contents", aside: str | None, config: Path, done: "ConfigRestored"
) -> dict[str, object]:
    return {
        "state_directory": str(state),
        "made_at": contents.manifest.made_at,
        "tables": dict(contents.sums),
        "set_aside": aside,
        "config": {
            "directory": str(config),
            "written": done.written,
            "differs": done.differs,
            "set_aside": str(done.set_aside) if done.set_aside else None,
        },
    }
