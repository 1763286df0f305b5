"""Keeps the last good version of each folder of rules/ in the state directory, also over a restart.

One file a folder, replaced as a whole: a crash leaves the old one or the new one. `rules.folders` decides
which version is in force.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from watchdesk.config.durable import replace_file
from watchdesk.config.names import is_name
from watchdesk.config.private import make_folder

FOLDER = "rules-in-force"
"""In the state directory."""
_VERSION = 1
_LARGEST = 64 * 1024 * 1024


class UnusableCopy(Exception):
    """A last good version that cannot be read; its words say why."""


@dataclass(frozen=True, slots=True)
class FolderVersion:
    """What stood in a folder of rules/ when it came into force, and the lists of others that it names."""

    name: str
    since: datetime
    """When it came into force."""
    files: Mapping[str, str] = field(repr=False)
    """Text by file name."""
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    """Entries by name, of the lists of files directly in rules/."""
    rules: tuple[str, ...] = ()
    """Ids of its rules."""


class KeptFolders:
    """The last good versions: those that are in force here, else those of the state directory."""

    def __init__(self, state_directory: Path, in_force: Collection[FolderVersion] = ()) -> None:
        self._folder = state_directory / FOLDER
        self._in_force = {version.name: version for version in in_force}

    def beside(self, in_force: Collection[FolderVersion]) -> "KeptFolders":
        """The same for a process in which these are in force."""
        return KeptFolders(self._folder.parent, in_force)

    @property
    def names(self) -> Collection[str]:
        """The folders of which there is a version; where none can be listed, those in force here."""
        names = set(self._in_force)
        with suppress(OSError):  # who needs the state directory says what is wrong with it
            names.update(path.stem for path in self.files if is_name(path.stem))
        return names

    def get(self, name: str) -> FolderVersion | None:
        """The version of this folder; None where there is none. Raises `UnusableCopy`."""
        if name in self._in_force:
            return self._in_force[name]
        return self._read(name) if is_name(name) else None

    def _read(self, name: str) -> FolderVersion | None:
        path = self._path(name)
        try:
            with path.open("rb") as file:
                content = file.read(_LARGEST)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise UnusableCopy(f"{path} cannot be read: {error.strerror}") from None
        try:
            return _version_of(content, name)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise UnusableCopy(f"{path} is damaged") from None

    @property
    def files(self) -> Sequence[Path]:
        """All that is kept, for a backup. Raises `OSError`."""
        return sorted(self._folder.glob("*.json"))

    def keep(self, in_force: Collection[FolderVersion], refused: Collection[str], rules: Path) -> None:
        """Writes these versions, and removes those of folders that are gone from `rules`, if that is there.

        `refused`: folders that are there and not among these. Raises `OSError` after all that could be done;
        what was kept stays where that failed.
        """
        failed: list[OSError] = []
        for version in in_force:
            try:
                if not self._has(version):
                    self._write(version)
            except OSError as error:
                failed.append(error)
        if rules.is_dir():
            self._remove_all_but({*(version.name for version in in_force), *refused})
        if failed:
            raise failed[0]

    def _has(self, version: FolderVersion) -> bool:
        try:
            return self._read(version.name) == version
        except UnusableCopy:
            return False

    def _write(self, version: FolderVersion) -> None:
        make_folder(self._folder)
        replace_file(self._path(version.name), _content_of(version))

    def _remove_all_but(self, names: Collection[str]) -> None:
        for path in self._folder.glob("*.json"):
            if path.stem not in names:
                path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def _content_of(version: FolderVersion) -> bytes:
    said: dict[str, object] = {
        "version": _VERSION,
        "folder": version.name,
        "since": version.since.isoformat(),
        "files": dict(version.files),
        "rules": list(version.rules),
        "lists": {name: list(entries) for name, entries in version.lists.items()},
    }
    return json.dumps({**said, "sum": _sum(said)}, indent=1).encode()


def _version_of(content: bytes, name: str) -> FolderVersion:
    """Raises `UnusableCopy`; and `ValueError`, `KeyError`, `TypeError` or `AttributeError` for damage."""
    said = json.loads(content)
    if said["version"] != _VERSION:
        raise UnusableCopy("it was written by another version of watchdesk")
    if said.pop("sum") != _sum(said) or said["folder"] != name:
        raise ValueError("another content")
    lists = {key: tuple(entries) for key, entries in said["lists"].items()}
    return FolderVersion(
        name, datetime.fromisoformat(said["since"]), said["files"], lists, tuple(said["rules"])
    )


def _sum(said: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
