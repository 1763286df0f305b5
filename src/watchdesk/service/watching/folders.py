"""In which folders something happens when one of some files changes, through whatever links they are reached.

A name changes what it stands for where the name stands: a link, a file or a folder that is put in the place
of another is an event of the folder that holds it. So of every path these are watched: the folder of its last
name, the folder of each link on the way, and of a path that leads nowhere, the last folder that is there.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

_MOST_LINKS = 40
"""As the system follows (path_resolution(7))."""


def folders_to_watch(files: Iterable[Path], folders: Iterable[Path]) -> Mapping[str, tuple[int, int]]:
    """The folders, each with the device and the number by which it is known from one put in its place.

    `folders`: in which any name may appear.
    """
    ways = _Ways()
    for path in files:
        ways.follow(str(path.absolute()))
    for folder in folders:
        ways.enter(str(folder.absolute()))
    return ways.identities()


class _Ways:
    """The ways to some paths."""

    def __init__(self) -> None:
        self._watched: set[str] = set()
        self._real: dict[str, str | None] = {}

    def follow(self, path: str) -> None:
        """A file, and all links that lead to it."""
        real = self._resolve(path, 0)
        if real:
            self._watched.add(os.path.dirname(real))  # noqa: PTH120 - as texts, for many

    def enter(self, folder: str) -> None:
        """A folder, and what happens to it."""
        self.follow(folder)
        real = self._resolve(folder, 0)
        if real and os.path.isdir(real):  # noqa: PTH112
            self._watched.add(real)

    def identities(self) -> Mapping[str, tuple[int, int]]:
        """Of those that are still there."""
        found = {}
        for path in sorted(self._watched):
            try:
                is_now = os.stat(path)  # noqa: PTH116
            except OSError:
                continue
            found[path] = is_now.st_dev, is_now.st_ino
        return found

    def _resolve(self, path: str, links: int) -> str | None:
        """The path without links; None where it leads nowhere."""
        if path == "/":
            return path
        if path not in self._real:
            self._real[path] = self._step(*os.path.split(path), links)
        return self._real[path]

    def _step(self, before: str, name: str, links: int) -> str | None:
        holder = self._resolve(before, links)
        if holder is None or links > _MOST_LINKS:
            return None
        if name in ("", "."):
            return holder
        if name == "..":
            return os.path.dirname(holder)  # noqa: PTH120
        here = os.path.join(holder, name)  # noqa: PTH118
        try:
            target = os.readlink(here)  # noqa: PTH115
        except OSError:
            if os.path.lexists(here):
                return here
            self._watched.add(holder)
            return None
        self._watched.add(holder)
        return self._resolve(os.path.join(holder, target), links + 1)  # noqa: PTH118
