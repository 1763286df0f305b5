"""Tells configuration files from leftovers: hidden files, editors' copies, files with other endings.

macOS writes `._r.yaml` beside `r.yaml` on foreign disks; editors leave `.r.yaml.swp`, `r.yaml~`, `#r.yaml#`.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from watchdesk.config.places import Place, Problems

_FOLDERS = {"rules": (".yaml", ".yml"), "sources": (".yaml", ".yml"), "templates": (".j2",)}
_BESIDE = {
    "rules.yaml": "rules stand in the folder rules/: move it there",
    "rules.yml": "rules stand in the folder rules/: move it there",
    "rule.yaml": "rules stand in the folder rules/: move it there",
    "sources.yml": "call it sources.yaml, or move it into the folder sources/",
    "source.yaml": "call it sources.yaml, or move it into the folder sources/",
    "watchdesk.yml": "call it watchdesk.yaml",
}
"""Names at the top of the directory that look like those that are read."""
_EDITORS = (".swp", ".swo", ".swx", ".bak", ".orig", ".old", ".rej", ".tmp", ".part", ".save", "~", "#")


def is_hidden(path: Path, folder: Path) -> bool:
    """Whether the name of the file, or of a folder between it and `folder`, begins with a dot, # or ~."""
    return any(part.startswith((".", "#", "~")) for part in path.relative_to(folder).parts)


def refuse_unreadable(directory: Path, problems: Problems) -> None:
    """Notes each folder that may not be read: everywhere else it would look empty."""
    for path in (directory, *(directory / name for name in _FOLDERS)):
        _refuse_unreadable(path, directory, problems)


def _refuse_unreadable(folder: Path, directory: Path, problems: Problems) -> None:
    try:
        with os.scandir(folder) as found:
            entries = list(found)
        for entry in entries[:1]:
            entry.stat(follow_symlinks=False)  # a folder that may be listed, and not entered
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        name = folder.relative_to(directory).as_posix() if folder != directory else str(directory)
        who = "the user whom watchdesk runs as needs the rights to list and to enter the folder"
        problems.error(Place(name, 1, 1), f"cannot be read: {error.strerror}", who)
        return
    if folder.relative_to(directory).parts[:1] == ("templates",):
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _refuse_unreadable(Path(entry.path), directory, problems)


def yaml_files(folder: Path) -> Iterator[Path]:
    """The YAML files of a folder by name, without hidden ones."""
    for path in sorted(folder.glob("*")):
        if path.suffix in _FOLDERS["rules"] and not is_hidden(path, folder) and path.is_file():
            yield path


def warn_of_leftovers(directory: Path, problems: Problems) -> None:
    """Warns of each file that looks like configuration and is not read."""
    for name, hint in _BESIDE.items():
        if (directory / name).is_file():
            problems.warning(Place(name, 1, 1), "is not read: it is not one of the files that are", hint)
    for name, endings in _FOLDERS.items():
        folder = directory / name
        for path in sorted(folder.rglob("*")):
            if path.is_dir() or any(part.startswith("..") for part in path.relative_to(folder).parts):
                continue  # `..data` is how Kubernetes mounts a ConfigMap; its files are linked to beside it
            reason = _reason(path, folder, endings)
            if reason:
                problems.warning(Place(path.relative_to(directory).as_posix(), 1, 1), *reason)


def _reason(path: Path, folder: Path, endings: tuple[str, ...]) -> tuple[str, str] | None:
    """Why a file is not read, and what to do; None for one that is read or does not look like it."""
    looks_like_it = any(ending in path.name.lower() for ending in endings)
    if is_hidden(path, folder):
        if not looks_like_it or is_hidden(path.parent, folder):  # such as .git
            return None
        what = "is not read: it is a hidden file, as systems and editors leave them"
        return what, "delete it, or give it a name that begins with a letter"
    if path.suffix in endings and path.parent != folder and folder.name != "templates":
        return f"is not read: it stands in a folder of {folder.name}/", f"move it into {folder.name}/ itself"
    if path.suffix in endings or not looks_like_it:
        return None
    if path.name.endswith(_EDITORS):
        return "is not read: it is an editor's copy", "delete it"
    return f"is not read: its name does not end in {endings[0]}", "rename it, or delete it"
