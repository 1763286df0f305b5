"""Tells configuration files from leftovers: hidden files, editors' copies, files with other endings.

macOS writes `._r.yaml` beside `r.yaml` on foreign disks; editors leave `.r.yaml.swp`, `r.yaml~`, `#r.yaml#`.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISDIR

from watchdesk.config.looking import is_folder, is_there
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
_HIDDEN = (".", "#", "~")
"""With these begin names of what systems and editors leave."""
_EDITORS = (".swp", ".swo", ".swx", ".bak", ".orig", ".old", ".rej", ".tmp", ".part", ".save", "~", "#")


def is_hidden(path: Path, folder: Path) -> bool:
    """Whether the name of the file, or of a folder between it and `folder`, begins with a dot, # or ~."""
    return any(part.startswith(_HIDDEN) for part in path.relative_to(folder).parts)


def is_leftover(name: str) -> bool:
    """Whether a name is that of a hidden file or folder, or of an editor's copy."""
    return name.startswith(_HIDDEN) or name.endswith(_EDITORS)


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
    except FileNotFoundError:
        return
    except NotADirectoryError:
        if folder != directory and is_there(folder):
            hint = "make it a folder, or give it another name"
            problems.error(Place(folder.name, 1, 1), "is no folder, and nothing in its place is read", hint)
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


def yaml_files(folder: Path, *, has_folders: bool = False) -> Iterator[Path]:
    """The YAML files of a folder by name, without hidden ones.

    What has the name of one and is none is among them, such as a link that leads nowhere, a pipe or a
    folder: who reads it says why not. `has_folders`: not folders, which are somebody else's to read.
    """
    for path in sorted(folder.glob("*")):
        if names_yaml(path) and not is_hidden(path, folder) and _is_there(path, has_folders=has_folders):
            yield path


def names_yaml(path: Path) -> bool:
    """Whether it has the name of a YAML file."""
    return path.suffix in _FOLDERS["rules"]


def _is_there(path: Path, *, has_folders: bool) -> bool:
    try:
        return not (has_folders and S_ISDIR(path.stat().st_mode))
    except OSError:
        return is_there(path)


def warn_of_leftovers(directory: Path, problems: Problems) -> None:
    """Warns of each file that looks like configuration and is not read."""
    for name, hint in _BESIDE.items():
        if is_there(directory / name) and not is_folder(directory / name):
            problems.warning(Place(name, 1, 1), "is not read: it is not one of the files that are", hint)
    for name, endings in _FOLDERS.items():
        folder = directory / name
        for path in sorted(_all_in(folder)):
            if is_folder(path) or any(part.startswith("..") for part in path.relative_to(folder).parts):
                continue  # `..data` is how Kubernetes mounts a ConfigMap; its files are linked to beside it
            reason = _reason(path, folder, endings)
            if reason:
                problems.warning(Place(path.relative_to(directory).as_posix(), 1, 1), *reason)


def _all_in(folder: Path) -> Iterator[Path]:
    """Also in a team's folder that is a link, which `rglob` does not enter."""
    yield from folder.rglob("*")
    for path in folder.glob("*") if folder.name == "rules" else ():
        if path.is_symlink() and is_folder(path) and not is_leftover(path.name):
            yield from path.rglob("*")


def _reason(path: Path, folder: Path, endings: tuple[str, ...]) -> tuple[str, str] | None:
    """Why a file is not read, and what to do; None for one that is read or does not look like it."""
    looks_like_it = any(ending in path.name.lower() for ending in endings)
    if is_hidden(path, folder):
        if not looks_like_it or is_hidden(path.parent, folder):  # such as .git
            return None
        what = "is not read: it is a hidden file, as systems and editors leave them"
        return what, "delete it, or give it a name that begins with a letter"
    if path.suffix in endings and _is_too_deep(path, folder):
        return _too_deep(path, folder)
    if path.suffix in endings or not looks_like_it:
        return None
    if path.name.endswith(_EDITORS):
        return "is not read: it is an editor's copy", "delete it"
    return f"is not read: its name does not end in {endings[0]}", "rename it, or delete it"


def _is_too_deep(path: Path, folder: Path) -> bool:
    """Whether it stands in a folder where none is read; of rules/, each folder is, if it is no copy."""
    above = path.relative_to(folder).parts[:-1]
    if folder.name == "templates":
        return False
    return len(above) > 1 or any(map(is_leftover, above)) if folder.name == "rules" else bool(above)


def _too_deep(path: Path, folder: Path) -> tuple[str, str]:
    if folder.name != "rules":
        return f"is not read: it stands in a folder of {folder.name}/", f"move it into {folder.name}/ itself"
    team = path.relative_to(folder).parts[0]
    if is_leftover(team):
        return f"is not read: rules/{team} is an editor's copy", "delete it, or give the folder another name"
    return f"is not read: it stands in a folder of rules/{team}", f"move it into rules/{team} itself"
