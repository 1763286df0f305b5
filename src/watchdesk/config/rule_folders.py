"""Finds the folders of rules/ that stand for themselves, one a team, and their files.

What is in them is read by `rules.folders`.
"""

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR

from watchdesk.config.leftovers import is_leftover, names_yaml, yaml_files
from watchdesk.config.looking import is_there

RULES = "rules"
_READ_ACCESS = "the user whom watchdesk runs as needs the rights to list and to enter the folder"
_NO_FILE = "it is a folder, and has the name of a file"
_OR_NONE = "mend it; or to do without its rules, remove it as a whole"


@dataclass(frozen=True, slots=True)
class RuleFolder:
    """A folder of rules/, or what is there in place of one."""

    name: str
    path: Path
    files: tuple[Path, ...] = ()
    """Its YAML files, by name. None: it is a team's folder only if it had rules before."""
    fault: str | None = None
    """Why it cannot be read."""
    hint: str = _OR_NONE
    """What to do about that."""


def rule_folders(directory: Path, had: Collection[str] = ()) -> Sequence[RuleFolder]:
    """By name. Hidden folders and editors' copies are none.

    `had`: names of folders that had rules; a file that has such a name now is a folder with a fault. Raises
    `OSError` where rules/ itself cannot be listed; each of its entries stands for itself.
    """
    rules = directory / RULES
    try:
        names = sorted(name for name in os.listdir(rules) if not is_leftover(name))  # noqa: PTH208 - names only
    except (FileNotFoundError, NotADirectoryError):
        return ()
    found = (_found(rules / name, is_known=name in had) for name in names)
    return [folder for folder in found if folder]


def folders_now(directory: Path) -> Sequence[RuleFolder]:
    """The same for whoever only looks: none where rules/ cannot be listed."""
    with suppress(OSError):
        return rule_folders(directory)
    return ()


def files_in_folders(directory: Path) -> Sequence[Path]:
    """The files of all of them."""
    return [file for folder in folders_now(directory) for file in folder.files]


def files_or_folders(directory: Path) -> Iterator[Path]:
    """The same, and in place of its files each folder that has none: that it goes is a change as well."""
    for folder in folders_now(directory):
        yield from folder.files or (folder.path,)


def _found(path: Path, *, is_known: bool) -> RuleFolder | None:
    """What is there; None: no folder, nor one that cannot be looked at."""
    try:
        if not S_ISDIR(path.stat().st_mode):
            return RuleFolder(path.name, path, fault="it is a file, no folder") if is_known else None
        os.listdir(path)  # noqa: PTH208 - `glob` passes over a folder that it may not list
        if names_yaml(path):
            return RuleFolder(
                path.name, path, fault=_NO_FILE, hint="give it another name, or put a file there"
            )
        return RuleFolder(path.name, path, tuple(yaml_files(path)))
    except PermissionError as error:
        hint, fault = _READ_ACCESS, error.strerror
    except FileNotFoundError:
        hint, fault = _OR_NONE, "it is a link that leads nowhere"
    except OSError as error:
        hint, fault = _OR_NONE, error.strerror
    if names_yaml(path) or not is_there(path):  # the one is read as a file, the other is gone again
        return None
    return RuleFolder(path.name, path, (), fault, hint)
