"""Puts what was restored in place of a state directory's files, so that a crash leaves the one or the other.

All of it is made in a folder beside. One rename of that folder decides: before it nothing has changed, and
after it whoever comes next, a start of the service among them, moves the rest.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from watchdesk.config.durable import sync
from watchdesk.config.private import give_away

MAKING = ".restoring"
"""The folder while it is made; what a killed restore left of it counts for nothing."""
_DECIDED = ".restored"
_PLAN = "plan.json"
_NEW = "new"


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is moved: names in the state directory."""

    aside: str | None
    """The folder into which the old files go."""
    old: Sequence[str]
    new: Sequence[str]


def begin(state_directory: Path) -> Path:
    """An empty folder for the new files."""
    making = state_directory / MAKING
    shutil.rmtree(making, ignore_errors=True)
    new = making / _NEW
    for folder in (making, new):
        folder.mkdir(mode=0o700)
        _give_away(folder, state_directory)
    return new


def give_up(state_directory: Path) -> None:
    """Removes what was made."""
    shutil.rmtree(state_directory / MAKING, ignore_errors=True)


def decide(state_directory: Path, old: Sequence[str], aside: str | None) -> None:
    """Puts the new files in place, and the old ones, if any, into the folder `aside`. Raises `OSError`."""
    making = state_directory / MAKING
    new = sorted(path.name for path in (making / _NEW).iterdir())
    for path in sorted((making / _NEW).rglob("*")):
        _give_away(path, state_directory)
        sync(path)
    plan = making / _PLAN
    plan.write_text(json.dumps(asdict(_Plan(aside, list(old), new))), encoding="utf-8")
    _give_away(plan, state_directory)
    for path in (plan, making / _NEW, making):
        sync(path)
    making.rename(state_directory / _DECIDED)
    sync(state_directory)
    finish(state_directory)


def finish(state_directory: Path) -> None:
    """Moves what a restore that was interrupted after it was decided has not moved yet. Raises `OSError`."""
    if (state_directory / _DECIDED).exists():
        with _alone(state_directory):
            _finish(state_directory)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Nobody else moves meanwhile."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _finish(state_directory: Path) -> None:
    decided = state_directory / _DECIDED
    if not decided.exists():  # another process was faster
        return
    plan = _Plan(**json.loads((decided / _PLAN).read_text(encoding="utf-8")))
    if plan.aside:
        aside = state_directory / plan.aside
        aside.mkdir(mode=0o700, exist_ok=True)
        _give_away(aside, state_directory)
        for name in plan.old:
            is_replaced = name in plan.new and not os.path.lexists(decided / _NEW / name)
            if os.path.lexists(state_directory / name) and not is_replaced:
                (state_directory / name).rename(aside / name)
        sync(aside)
    for name in plan.new:
        with suppress(FileNotFoundError):  # it is in place already
            (decided / _NEW / name).rename(state_directory / name)
    sync(state_directory)
    give_up(state_directory)
    decided.rename(state_directory / MAKING)  # so that it is gone as a whole
    give_up(state_directory)


def _give_away(path: Path, state_directory: Path) -> None:
    """Whoever restores, the service uses what is made, and finishes what root was kept from finishing."""
    give_away(path, state_directory.stat())
