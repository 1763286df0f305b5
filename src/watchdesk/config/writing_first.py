"""Puts the first files of a desk in place: all of them or none, and never over a file.

They are made in a folder beside, and read there as the service would, before any is put in place.
`first_files` has their text.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from watchdesk.config.durable import new_file
from watchdesk.config.first_files import FirstFile
from watchdesk.config.looking import is_folder, is_there
from watchdesk.config.private import PRIVATE, make_folder
from watchdesk.errors import UsageError


def write_first(directory: Path, files: Sequence[FirstFile], prove: Callable[[Path], object]) -> None:
    """Writes the files into the configuration directory, which is made where it is missing.

    `prove`: raises what is wrong with a configuration in the folder that it is given; then nothing is
    written. Raises `UsageError` where a file is in the way or the directory cannot be written.
    """
    _refuse_over(directory, files)
    try:
        make_folder(directory.parent, 0o755)
        beside = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
    except OSError as error:
        raise UsageError(f"{directory} cannot be made: {error.strerror}") from None
    try:
        for file in files:
            _write(beside / file.name, file)
        prove(beside)
        _put_in_place(directory, files)
    except OSError as error:
        raise UsageError(f"{directory} cannot be written: {error.strerror}; nothing was written") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _refuse_over(directory: Path, files: Sequence[FirstFile]) -> None:
    if os.path.lexists(directory) and not is_folder(directory):
        raise UsageError(
            f"{directory} is a file, and the configuration is a folder of that name: move it, or name "
            "another directory: watchdesk init DIR; nothing was written"
        )
    there = [directory / file.name for file in files if os.path.lexists(directory / file.name)]
    there += [path for path in sorted((directory / "rules").glob("*.y*ml")) if path not in there]
    there += [path for path in (directory / "sources.opml",) if is_there(path)]
    if there:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise UsageError(
            f"there is a configuration already: {there[0]}{more}. Nothing was written; "
            "name another directory: watchdesk init DIR"
        )


def _write(path: Path, file: FirstFile) -> None:
    """Raises `FileExistsError` where the file has appeared meanwhile."""
    above = next(folder for folder in path.parents if folder.exists())
    # A folder with setgid gives its group to what it holds, as /etc/watchdesk does for the service's user:
    # then that may read all of it, whoever writes it under whatever umask.
    is_shared = bool(above.stat().st_mode & stat.S_ISGID)
    make_folder(path.parent, (0o750 if is_shared else 0o700) if file.is_secret else 0o755)
    mode = PRIVATE if file.is_secret else 0o666
    with new_file(path, mode) as to:
        if is_shared:
            os.fchmod(to.fileno(), PRIVATE | stat.S_IRGRP)
        to.write(file.text.encode())


def _put_in_place(directory: Path, files: Sequence[FirstFile]) -> None:
    """The last is watchdesk.yaml: until it is there, no service starts by half of them."""
    written: list[Path] = []
    try:
        for file in files:
            _write(directory / file.name, file)
            written.append(directory / file.name)
    except BaseException:
        for path in written:
            with suppress(OSError):
                path.unlink()
        raise
