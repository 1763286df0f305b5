"""Restores a desk from a backup that was read whole: its database, what belongs to it, and its configuration.

What was there before is there until all of the new is, and then stands aside.
"""

import os
import stat
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from watchdesk.config.durable import new_file
from watchdesk.config.kept_folders import FOLDER
from watchdesk.config.private import PRIVATE, give_away, make_folder
from watchdesk.errors import UsageError
from watchdesk.keeping.backup_file import Backup, Contents
from watchdesk.store import replacing
from watchdesk.store.database import Database, database_url
from watchdesk.store.filling import fill_file, fill_server

_SETTINGS = "config/watchdesk.yaml"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a desk is restored."""

    storage: str
    """`sqlite`, or an address of PostgreSQL."""
    state_directory: Path
    """It exists, and the caller keeps services from it."""
    replaces: bool
    """Whether what is there is set aside; else it is refused."""


@dataclass
class ConfigRestored:
    """What became of the files of the configuration."""

    written: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    """Files that are there otherwise, or are missing there, and were left so."""
    set_aside: Path | None = None


def restore_desk(
    backup: Backup, contents: Contents, target: Target, now: datetime, wrote: Callable[[int], object]
) -> str | None:
    """Restores database and state; where the old ones stand now, if there were any.

    Raises `UsageError` or `StorageError`; then nothing has changed.
    """
    state = target.state_directory
    replacing.finish(state)  # what another restore has decided
    old = files_of(state, backup.path)
    if old and not target.replaces:
        raise UsageError(
            f"the state directory {state} is not empty: {', '.join(old[:3])}{' …' if len(old) > 3 else ''}. "
            "Nothing was changed; --replace sets what is there aside"
        )
    named = f"before-restore-{now:%Y%m%dT%H%M%SZ}"
    try:
        new = replacing.begin(state)
        for name, content in contents.files.items():
            if name.startswith("state/"):
                path = new / name.removeprefix("state/")
                make_folder(path.parent)
                _write(path, content)
        aside = _fill(backup, contents, target, new, named, wrote)
        replacing.decide(state, old, named if old else None)
    except OSError as error:
        raise UsageError(f"{state} cannot be written: {error.strerror}; nothing was changed") from None
    finally:
        replacing.give_up(state)
    there = [str(state / named)] if old else []
    return " and ".join(there + ([f"the schema {aside}"] if aside else [])) or None


def _fill(
    backup: Backup,
    contents: Contents,
    target: Target,
    new: Path,
    named: str,
    wrote: Callable[[int], object],
) -> str | None:
    """Fills the database; the schema in which the old tables of a server are now."""
    manifest, chunks = contents.manifest, backup.rows()
    url = database_url(target.storage, target.state_directory)
    if Database.is_sqlite(url):
        fill_file(new, manifest.revision, manifest.columns, chunks, lambda: contents.sums, wrote)
        return None
    schema = named.replace("-", "_").lower() if target.replaces else None
    with closing(Database(url)) as database:
        is_used = fill_server(
            database,
            manifest.revision,
            manifest.columns,
            chunks,
            lambda: (contents.sums, contents.numbers),
            wrote,
            schema,
        )
    return schema if is_used else None


def files_of(state_directory: Path, backup: Path) -> Sequence[str]:
    """What a desk keeps there; other folders are of its channels, and stay."""
    return sorted(
        path.name
        for path in state_directory.iterdir()
        if path.name == FOLDER
        or not (path.name.endswith(".lock") or path.is_dir() or path.resolve() == backup.resolve())
    )


def restore_config(contents: Contents, directory: Path, now: datetime, *, overwrites: bool) -> ConfigRestored:
    """Writes the files of the configuration where there are none; else says which differ.

    `overwrites`: they are written in any case, and those that differ are set aside. Raises `UsageError`.
    """
    done = ConfigRestored()
    files = {
        name.removeprefix("config/"): text
        for name, text in contents.files.items()
        if name.startswith("config/")
    }
    is_there = directory.is_dir() and any(not path.name.startswith(".") for path in directory.iterdir())
    # watchdesk.yaml is the last: until it is there, no service starts by half of them.
    names = sorted(files, key=lambda name: (name == "watchdesk.yaml", name))
    differ = [name for name in names if not _is_same(directory / name, files[name])]
    if is_there and not overwrites:
        done.differs = differ
        return done
    aside = directory / f".before-restore-{now:%Y%m%dT%H%M%SZ}"
    try:
        for name in differ:
            if os.path.lexists(directory / name):
                make_folder((aside / name).parent)
                (directory / name).rename(aside / name)
                done.set_aside = aside
            make_folder((directory / name).parent, 0o755)
            _write(directory / name, files[name], above=(directory / name).parent)
            done.written.append(name)
    except OSError as error:
        raise UsageError(
            f"the database is restored, but {directory} cannot be written: {error.strerror}; mend that, and "
            "run it again with --replace --config-too"
        ) from None
    return done


def _is_same(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def _write(path: Path, content: bytes, above: Path | None = None) -> None:
    """Writes a file for its owner alone; root's below `above` is read by the group of that folder, too."""
    with new_file(path) as file:
        if above and os.geteuid() == 0:
            _share(file.fileno(), above.stat())
        file.write(content)


def _share(descriptor: int, folder: os.stat_result) -> None:
    """The service reads its configuration by the group of the folder, or because the folder is its own."""
    give_away(descriptor, folder)
    if folder.st_uid == 0 and folder.st_gid != 0:
        os.fchmod(descriptor, PRIVATE | stat.S_IRGRP)
