"""What stands in the files of a configuration, and what of it may have changed.

Two questions: `stats` asks cheaply whether anything may have changed, `fingerprints` whether it did.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from watchdesk.config import rule_files
from watchdesk.config.files_read import fingerprint_at
from watchdesk.config.names import SETTINGS_FILE
from watchdesk.config.rule_folders import files_or_folders, folders_now
from watchdesk.config.sources_file import source_files
from watchdesk.digests import TEMPLATE_FOLDER, template_files

_FOLDERS = ("rules", "sources", TEMPLATE_FOLDER)
_Stat = tuple[int, ...] | None

Fingerprints = Mapping[Path, bytes]
Stats = Mapping[Path, _Stat]


def files_of(directory: Path, others: Iterable[Path]) -> list[Path]:
    """The files that would be read now: those of the directory, and `others` that they were found to name.

    What editors and systems leave beside them is not among them.
    """
    own = (
        directory / SETTINGS_FILE,
        *source_files(directory),
        *rule_files(directory),
        *files_or_folders(directory),
        *template_files(directory),
    )
    return list(dict.fromkeys((*own, *others)))


def folders_of(directory: Path) -> Iterator[Path]:
    """The folders of the directory in which a file may appear, itself among them."""
    yield directory
    for name in _FOLDERS:
        yield directory / name
    yield from (folder.path for folder in folders_now(directory))
    yield from (path for path in (directory / TEMPLATE_FOLDER).glob("**/") if path.name[:1] != ".")


def fingerprints(directory: Path, others: Iterable[Path]) -> Fingerprints:
    """What stands in each of the files now."""
    return {path: fingerprint_at(path) for path in files_of(directory, others)}


def stats(directory: Path, others: Iterable[Path]) -> Stats:
    """What changes when one of them is written, replaced, made readable, added or removed."""
    return {path: _stat(path) for path in files_of(directory, others)}


def is_there(directory: Path) -> bool:
    """Whether the directory is there and holds settings; while it is being replaced, it does not."""
    return _stat(directory / SETTINGS_FILE) is not None


def _stat(path: Path) -> _Stat:
    try:
        found = os.stat(path)  # noqa: PTH116 - many at a time
    except (OSError, ValueError):
        return None
    moments = found.st_mtime_ns, found.st_ctime_ns
    return found.st_dev, found.st_ino, found.st_mode, found.st_size, *moments
