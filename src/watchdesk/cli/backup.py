"""`backup`: the whole desk in one file, beside the service that runs."""

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from watchdesk import __version__
from watchdesk.cli.beside_unit import as_owner
from watchdesk.cli.progress import counted_rows
from watchdesk.cli.session import Session, json_option, noted_use, pass_session, print_json, utc_now
from watchdesk.errors import UsageError

if TYPE_CHECKING:
    from watchdesk.keeping.backing_up import BackedUp


@click.command
@click.argument("file", metavar="FILE|-", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@json_option
@pass_session
def backup(session: Session, file: Path, *, as_json: bool) -> None:
    """Writes the database, what belongs to it and the configuration into FILE (-: standard output).

    The service may run beside it. Secrets that stand in the configuration are not in the backup; the key that
    signs links is, so keep it to yourself.
    """
    from watchdesk.keeping.backing_up import back_up, open_to_copy  # noqa: PLC0415 - help needs no files

    is_stream = str(file) == "-"
    if is_stream and (as_json or sys.stdout.isatty()):
        raise click.UsageError(
            "a backup on standard output goes to a file or a program, and --json not with it"
        )
    config, state = session.directory, session.seen_state_directory
    storage = _storage(config, state)
    now = utc_now()
    before = None if is_stream else _refuse_others(file)
    with (
        _stream() if is_stream else _whole(file) as out,
        as_owner(state),  # the file is of whoever types, and may stand where only root comes
        noted_use(state),
        closing(open_to_copy(storage, state)) as database,
        counted_rows("backup") as wrote,
    ):
        done = back_up(out, database, config, state, (now, __version__), wrote)
    size = None if is_stream else file.stat().st_size
    if as_json:
        print_json(_document(file, size, done, before))
    else:
        _print(file, size, done, before)


@dataclass(frozen=True, slots=True)
class _Before:
    """A backup that the new one takes the place of."""

    size: int
    made_at: datetime

    @classmethod
    def of(cls, file: Path) -> "_Before":
        """That file as it is now."""
        found = file.stat()
        return cls(found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))


def _refuse_others(file: Path) -> _Before | None:
    """The backup that is to be replaced, if there is one. Raises `UsageError` for a file that is none."""
    from watchdesk.keeping.backup_file import is_backup  # noqa: PLC0415 - as above

    if not os.path.lexists(file):
        return None
    if not is_backup(file):
        raise UsageError(f"{file} is there, and is no backup; nothing was written. Name another file")
    return _Before.of(file)


def _storage(config: Path, state: Path) -> str:
    """Where the database is; a desk is backed up before its files are mended."""
    from watchdesk.config.looking import is_file  # noqa: PLC0415 - as above
    from watchdesk.config.salvage import salvage  # noqa: PLC0415
    from watchdesk.store.open_file import FILE  # noqa: PLC0415

    if storage := salvage(config).storage:
        return storage
    settings, file = config / "watchdesk.yaml", state / FILE
    if not is_file(file):
        raise UsageError(f"{settings} cannot be read, and there is no {file}: watchdesk check says why")
    click.echo(f"{settings} cannot be read; {file} is taken for the database.", err=True)
    return "sqlite"


@contextmanager
def _stream() -> Iterator[BinaryIO]:
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


@contextmanager
def _whole(file: Path) -> Iterator[BinaryIO]:
    """The file appears once it is whole; until then an older one of its name stays."""
    from watchdesk.config.durable import sync  # noqa: PLC0415 - as above

    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
        sync(file.absolute().parent)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _rows(done: "BackedUp") -> int:
    return sum(int(str(one["rows"])) for one in done.rows.values())


def _print(file: Path, size: int | None, done: "BackedUp", before: _Before | None) -> None:
    """To standard error where the backup itself goes to standard output."""
    where = "standard output" if size is None else f"{file} ({size / 1e6:,.1f} MB)"
    lines = [f"{_rows(done):,} rows and {len(done.files)} files are in {where}."]
    if before:
        lines.append(
            f"It replaced a backup of {before.made_at:%Y-%m-%d %H:%M} UTC ({before.size / 1e6:,.1f} MB)."
        )
    for one in done.removed:
        to_do = f"{{env: {one.variable}}} stands for it" if one.variable else "write it again after a restore"
        lines.append(f"secret left out   {one.place}: {one.setting}; {to_do}")
    lines += [f"file left out     {one}" for one in done.left_out]
    if "state/links.key" in done.files:
        lines.append("It holds the key that signs links in digests: whoever has it can open them.")
    for line in lines:
        click.echo(line, err=size is None)


def _document(file: Path, size: int | None, done: "BackedUp", before: _Before | None) -> dict[str, object]:
    return {
        "file": str(file),
        "bytes": size,
        "replaced": {"bytes": before.size, "made_at": before.made_at.isoformat()} if before else None,
        "tables": done.rows,
        "files": list(done.files),
        "secrets": [
            {"place": one.place, "setting": one.setting, "variable": one.variable} for one in done.removed
        ],
        "left_out": list(done.left_out),
    }
